import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchDesktop, type DesktopApp } from '../support/electronShim/launchDesktop.ts';
import { waitFor } from '../support/waitFor.ts';

const mainPath = fileURLToPath(new URL('../support/electronShim/toy/main.ts', import.meta.url));
const userDataPath = mkdtempSync(join(tmpdir(), 'shim-toy-'));
let desktop: DesktopApp;
let page: Page;

beforeAll(async () => {
  desktop = launchDesktop({ mainPath, userDataPath });
  page = await desktop.findPage('toy.app');
  await page.waitForLoadState();
});

afterAll(async () => {
  await desktop.stop();
  rmSync(userDataPath, { recursive: true, force: true });
});

const connect = `(async () => { toy.connect(); return window.connected; })()`;

test('the preload runs sandboxed in a world of its own and exposes a frozen object', async () => {
  const seen = await page.evaluate('({ isSandboxed: toy.isSandboxed, isFrozen: Object.isFrozen(toy), leaks: [typeof require, typeof process] })');

  expect(seen).toEqual({ isSandboxed: true, isFrozen: true, leaks: ['undefined', 'undefined'] });
});

test('an invocation carries structured-clone values and names a missing handler', async () => {
  const seen = await page.evaluate(`(async () => {
    const value = await toy.echo({ date: new Date(5), map: new Map([[1, new Set([2n])]]), bytes: new Uint8Array([1, 255]), none: undefined, nan: NaN, $: 'x' });
    const error = await toy.fail().catch((reason) => reason.message);
    return [value.date.getTime(), value.map.get(1).has(2n), [...value.bytes], 'none' in value, Number.isNaN(value.nan), value.$, error];
  })()`);

  expect(seen).toEqual([5, true, [1, 255], true, true, 'x', "Error invoking remote method 'missing': Error: No handler registered for 'missing'"]);
});

test('two ports reach the page, with what was posted before it listened', async () => {
  const first = await page.evaluate(`${connect}.then(async (ports) => [ports.length, ports[0] instanceof MessagePort, await collect(ports[0], 1)])`);

  expect(first).toEqual([2, true, ['waiting before start']]);
});

test('10 000 messages keep their order in both directions', async () => {
  const isInOrder = await page.evaluate(`(async () => {
    const [calls, bytes] = await window.connected;
    const down = collect(calls, 10_000);
    calls.postMessage({ flood: 10_000 });
    const up = collect(bytes, 10_000);
    for (let i = 0; i < 10_000; i += 1) bytes.postMessage(i);
    return [(await down).every((n, i) => n === i), (await up).every((n, i) => n === i)];
  })()`);

  expect(isInOrder).toEqual([true, true]);
});

test('bytes cross unchanged both ways, faster than 1 MB/s on a busy machine', async () => {
  const seen = await page.evaluate<{ view: boolean; isBuffer: boolean; last: number; megabytesPerSecond: number }>(`(async () => {
    const [calls, bytes] = await window.connected;
    const echoed = collect(bytes, 2);
    const every = Uint8Array.from({ length: 256 }, (_, i) => i);
    bytes.postMessage(every);
    bytes.postMessage(every.buffer);
    const [view, buffer] = await echoed;
    const startedAt = performance.now();
    const flood = collect(calls, 256);
    calls.postMessage({ flood: 256, sizeBytes: 65_536 });
    const last = (await flood).at(-1);
    const megabytesPerSecond = 256 * 65_536 / 1000 / (performance.now() - startedAt);
    return { view: view.every((b, i) => b === i), isBuffer: buffer instanceof ArrayBuffer && buffer.byteLength === 256, last: last[65_535], megabytesPerSecond };
  })()`);

  expect(seen).toMatchObject({ view: true, isBuffer: true, last: 255 });
  expect(seen.megabytesPerSecond).toBeGreaterThan(1);
});

test('a port inside a message from the page arrives in the main process', async () => {
  const answer = await page.evaluate(`(async () => {
    const [calls] = await window.connected;
    const { port1, port2 } = new MessageChannel();
    const answered = collect(port1, 1);
    calls.postMessage({ hello: 'page' }, [port2]);
    return answered;
  })()`);

  expect(answer).toEqual(['hello page']);
});

test('the policy of the scheme handler binds the page\'s own scripts', async () => {
  const seen = await page.evaluate('({ evalResult, inlineRan: window.inlineRan === true, isSecure: isSecureContext })');

  expect(seen).toEqual({ evalResult: 'EvalError', inlineRan: false, isSecure: true });
});

test('a new window and a navigation away are denied, and the page sees its own address in the main process', async () => {
  await page.evaluate('void window.open("https://example.test/")');
  await page.evaluate('void (location.href = "https://elsewhere.test/")');

  await waitFor(async () => (await desktop.findCalls('will-navigate prevented')).length > 0, { what: 'the navigation' });
  expect(await desktop.findCalls('window.open deny')).toEqual([['https://example.test/']]);
  expect((await desktop.ask('windows')).map(({ url }) => url)).toEqual(['app://toy/index.html']);
});

test('permissions are what the application answers', async () => {
  expect(await desktop.ask('askPermission', 'media')).toEqual({ isChecked: true, isGranted: false });
  expect(await desktop.ask('askPermission', 'clipboard-sanitized-write')).toEqual({ isChecked: true, isGranted: true });
  expect(await page.evaluate("navigator.permissions.query({ name: 'geolocation' }).then(({ state }) => state)")).toBe('denied');
});

test('a tray item opens a dialog that gets the prepared answer', async () => {
  await desktop.ask('answerDialog', { response: 2, checkboxChecked: false });
  await desktop.ask('clickTray', 'Ask');

  await waitFor(() => desktop.output.includes('answered 2'), { what: 'the answer' });
});

test('a second start gets no lock, and the first hears of it', async () => {
  const second = launchDesktop({ mainPath, userDataPath });

  expect(await second.exited).toBe(3);
  expect(second.output).toContain('second instance');
  await waitFor(() => desktop.output.includes('told of {"from":"second"}'), { what: 'second-instance' });
});

test('a reload closes the old ports in the main process and new ones work', async () => {
  await page.reload();
  const first = await page.evaluate(`${connect}.then(async (ports) => collect(ports[0], 1))`);

  expect(first).toEqual(['waiting before start']);
  await waitFor(() => desktop.output.includes('port closed'), { what: 'close' });
});
