import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { removeHomes, startBackend } from '../support/backend.ts';
import type { TestBackend } from '../support/backend.ts';
import { findAxeViolations, launchChromium, openWatchedPage } from '../support/browser.ts';
import { waitFor } from '../support/waitFor.ts';

const build = fileURLToPath(new URL('../../scripts/build.mjs', import.meta.url));
const FLOOD_BYTES = 50_000_000;
/** What a person would still call responsive while another program fills the machine. */
const LONGEST_STALL_MS = 1_000;
let browser: Browser;
let backend: TestBackend;
let failures: string[] = [];

beforeAll(async () => {
  await promisify(execFile)(process.execPath, [build, 'window']);
  browser = await launchChromium();
});

beforeEach(async () => {
  backend = await startBackend({ env: { WHEELHOUSE_PORTS_FIRST: '19441', WHEELHOUSE_PORTS_LAST: '19470' } });
});

afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
  await backend.stop();
  expect(failures).toEqual([]);
});

afterAll(async () => {
  await browser.close();
  removeHomes();
});

async function openWindow(): Promise<Page> {
  const watched = await openWatchedPage(browser, await backend.createLink());
  failures = watched.failures;
  await watched.page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' });
  await watched.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  return watched.page;
}

const tab = (page: Page, name: string | RegExp): Locator => page.getByRole('tab', { name });
const panel = (page: Page): Locator => page.getByRole('region', { name: 'Terminals and logs' });
const screenOf = async (page: Page): Promise<string> => (await page.locator('[data-panel-pane="active"] .xterm-rows').innerText()).replaceAll('\u00a0', ' ');

async function seeOnScreen(page: Page, text: string | RegExp, timeoutMs = 15_000): Promise<void> {
  const shows = (screen: string): boolean => (typeof text === 'string' ? screen.includes(text) : text.test(screen));
  await waitFor(async () => shows(await screenOf(page)), { timeoutMs, what: `the terminal to show ${String(text)}` });
}

async function openShell(page: Page): Promise<void> {
  const shells = tab(page, 'shell');
  const before = await shells.count();
  await page.keyboard.press('Control+Shift+Enter');
  await waitFor(async () => await shells.count() === before + 1 && await shells.last().getAttribute('aria-selected') === 'true', { what: 'the new tab' });
  await seeOnScreen(page, /[#$] *$/m);
  await seeFocus(page);
}

/** Keys go to the terminal that is shown. */
function seeFocus(page: Page): Promise<unknown> {
  return waitFor(() => page.evaluate('document.activeElement.matches(".xterm-helper-textarea")'), { what: 'the focus in the terminal' });
}

async function enter(page: Page, line: string): Promise<void> {
  await page.keyboard.type(line);
  await page.keyboard.press('Enter');
}

const setClipboard = (page: Page, text: string): Promise<void> => page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);

/** The longest time during which the page could not run a timer, while `work` goes on. */
async function measureStallMs(page: Page, work: () => Promise<void>): Promise<number> {
  await page.evaluate('(() => { let last = performance.now(); window.longestStallMs = 0; setInterval(() => { const now = performance.now(); window.longestStallMs = Math.max(window.longestStallMs, now - last - 20); last = now; }, 20); })()');
  await work();
  return page.evaluate<number>('window.longestStallMs');
}

describe('a shell in the panel', () => {
  test('what is typed is run and shown, and its end stands on the last line', async () => {
    const page = await openWindow();
    await openShell(page);

    await enter(page, 'echo sum=$((40+2)) größe');
    await seeOnScreen(page, 'sum=42 größe');
    await enter(page, 'exit 3');
    await panel(page).getByText('— ended with exit code 3 —').waitFor();

    expect(await tab(page, 'shell exit 3').count()).toBe(1);
  });

  test('50 MB of output leave the window responsive and the last screen right', async () => {
    const page = await openWindow();
    await openShell(page);

    const stallMs = await measureStallMs(page, async () => {
      await enter(page, `yes 'one usual line of output, as long as most of them are' | head -c ${FLOOD_BYTES}; echo; echo end=$((40+2))`);
      await seeOnScreen(page, 'one usual line');
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox').waitFor({ timeout: 5_000 });
      await page.keyboard.press('Escape');
      await seeOnScreen(page, 'end=42', 120_000);
    });

    expect((await screenOf(page)).trimEnd().split('\n').slice(-2)).toEqual(['end=42', expect.stringMatching(/[#$]\s*$/)]);
    expect(stallMs).toBeLessThan(LONGEST_STALL_MS);
  });

  test('what a hidden tab puts out is not sent to the window, and is there when one looks', async () => {
    const page = await openWindow();
    let receivedBytes = 0;
    page.on('websocket', (socket) => { socket.on('framereceived', ({ payload }) => { receivedBytes += payload.length; }); });
    await page.reload();
    await page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' });
    await openShell(page);
    await enter(page, `printf '\\033]0;flood\\007'; read -r; yes 'one usual line' | head -c 5000000; printf '\\033]0;done\\007'; echo; echo end=$((40+2))`);
    await tab(page, 'flood').waitFor();
    await openShell(page);

    const before = receivedBytes;
    await typeElsewhere('flood');
    await tab(page, 'done').waitFor({ timeout: 60_000 });
    const whileHidden = receivedBytes - before;
    await tab(page, 'done').click();
    await seeOnScreen(page, 'end=42');

    expect(before).toBeGreaterThan(0);
    expect(whileHidden).toBeLessThan(200_000);
  });

  test('a reload finds the tab, the screen and what has scrolled away', async () => {
    const page = await openWindow();
    await openShell(page);
    await enter(page, 'echo first-$((1+1)); seq 1 300');
    await seeOnScreen(page, /^300$/m);
    await waitFor(async () => JSON.stringify(await rememberedViews()).includes('"kind":"terminal"'), { what: 'the tab to be remembered' });

    await page.reload();
    await seeOnScreen(page, /^300$/m);
    await page.keyboard.press('Control+Shift+ArrowDown');
    await page.keyboard.press('Control+f');
    await page.getByRole('textbox', { name: 'Find in the terminal' }).fill('first-2');
    await panel(page).getByText('1 of 1').waitFor();

    await seeOnScreen(page, 'first-2');
  });

  test('a bell that nobody saw is a dot on its tab until somebody looks', async () => {
    const page = await openWindow();
    await openShell(page);
    await enter(page, "printf '\\033]0;worker\\007'; read -r; printf '\\a'");
    await tab(page, 'worker').waitFor();
    await openShell(page);

    await typeElsewhere('worker');
    await tab(page, 'worker rang its bell').waitFor();
    await tab(page, 'worker rang its bell').click();

    await tab(page, /^worker$/).waitFor();
  });

  test('the zoom keys change the text of terminals, not the window', async () => {
    const page = await openWindow();
    await openShell(page);
    const sizes = async (): Promise<unknown> => page.evaluate('[getComputedStyle(document.querySelector(".xterm-rows")).fontSize, getComputedStyle(document.documentElement).fontSize]');

    const becomes = (terminal: string): Promise<unknown> => waitFor(async () => JSON.stringify(await sizes()) === JSON.stringify([terminal, '12.8px']), { what: `terminals at ${terminal} in a window at 100 %` });

    for (const key of ['Control+=', 'Control+=', 'Control+-']) await page.keyboard.press(key);
    await becomes('14px');
    await page.keyboard.press('Control+0');
    await becomes('13px');

    await waitFor(async () => (await backend.client.settings.list({})).some(({ key, value }) => key === 'terminal.fontSize' && value === 13), { what: 'the size to be saved' });
  });

  test('keys go to the shell, lead out of it, and go from tab to tab', async () => {
    const page = await openWindow();
    await openShell(page);
    await openShell(page);

    await page.keyboard.press('Alt+PageUp');
    await waitFor(async () => await tab(page, 'shell').first().getAttribute('aria-selected') === 'true');
    await page.keyboard.press('Control+Shift+ArrowUp');
    const role = await page.evaluate('document.activeElement.getAttribute("role")');
    await page.keyboard.press('Delete');
    await waitFor(async () => await tab(page, 'shell').count() === 1);

    expect(role).toBe('tab');
    await waitFor(async () => (await backend.client.terminals.list({})).length === 1);
  });
});

/** Another window types Enter into a terminal and goes again. */
async function typeElsewhere(name: string): Promise<void> {
  const other = await openWindow();
  await tab(other, name).click();
  await seeOnScreen(other, name);
  await other.keyboard.press('Enter');
  await other.close();
}

async function rememberedViews(): Promise<unknown> {
  for await (const change of await backend.client.settings.watch({})) return change;
  return null;
}

describe('copying and pasting', () => {
  test('a single line goes in at once, several only after a look, and Escape takes none', async () => {
    const page = await openWindow();
    await openShell(page);

    await setClipboard(page, 'echo single=$((1+1))\n');
    await page.keyboard.press('Control+Shift+V');
    await page.keyboard.press('Enter');
    await seeOnScreen(page, 'single=2');
    await setClipboard(page, 'echo a=$((2+1))\necho b=$((2+2))\n');
    await page.keyboard.press('Control+Shift+V');
    await page.getByRole('dialog', { name: 'Paste 2 lines?' }).waitFor();
    await page.keyboard.press('Escape');
    await seeFocus(page);
    await enter(page, 'echo nothing=$((3+3))');
    await seeOnScreen(page, 'nothing=6');
    expect(await screenOf(page)).not.toContain('a=3');

    await page.keyboard.press('Control+Shift+V');
    await page.getByRole('button', { name: 'Paste 2 lines' }).click();
    await page.keyboard.press('Enter');
    await seeOnScreen(page, 'b=4');
  });

  test('what is selected is copied by the keys', async () => {
    const page = await openWindow();
    await openShell(page);
    await enter(page, 'clear; echo copied-$((40+2))');
    await seeOnScreen(page, /^copied-42/m);

    // The terminal draws its rows anew: what was found a moment ago may be gone.
    await waitFor(() => page.locator('.xterm-rows').getByText('copied-42').dblclick({ position: { x: 20, y: 8 }, force: true, timeout: 1_000 }).then(() => true), { what: 'a double click on the word' });
    await page.keyboard.press('Control+Shift+C');

    await waitFor(async () => (await page.evaluate<string>('navigator.clipboard.readText()')).startsWith('copied'), { what: 'the clipboard to hold the word' });
  });
});

describe('when what is behind a terminal dies', () => {
  test('a new backend goes on with the same shell: same process, same screen', async () => {
    const page = await openWindow();
    await openShell(page);
    await enter(page, 'echo before=$$');
    await seeOnScreen(page, /before=\d+/);
    const pid = /before=(\d+)/.exec(await screenOf(page))?.[1] ?? '';
    const { home, url } = backend;

    await backend.kill();
    await page.getByText(/Connection lost/).first().waitFor();
    backend = await startBackend({ home, port: Number(new URL(url).port) });
    await page.getByText(/Connection lost/).first().waitFor({ state: 'hidden', timeout: 30_000 });
    await seeOnScreen(page, `before=${pid}`);
    await page.keyboard.press('Control+Shift+ArrowDown');
    await waitFor(async () => {
      await enter(page, 'echo after=$$');
      await seeOnScreen(page, /after=\d/, 3_000);
      return true;
    }, { timeoutMs: 20_000 });

    expect(await screenOf(page)).toContain(`after=${pid}`);
    expect(await tab(page, /shell|root|:/).count()).toBe(1);
  });

  test('a run whose terminal host dies keeps its output, says so and leads to its log', async () => {
    const { client } = backend;
    const { id } = await client.instances.create({ name: 'Pages', blueprintId: 'stock:http-server' });
    await client.instances.start({ instance: id });
    await waitFor(async () => (await client.instances.get({ instance: id })).status === 'started', { timeoutMs: 60_000, what: 'the instance to start' });
    const page = await openWindow();
    await page.getByRole('button', { name: 'Terminal of Pages' }).first().click();
    await seeOnScreen(page, /GET|Serving/);
    const { terminalHost } = await client.system.status({});

    process.kill(terminalHost.pid ?? 0, 'SIGKILL');
    const banner = panel(page).getByText('The terminal host ended; the log is complete up to here');
    await banner.waitFor({ timeout: 30_000 });
    await seeOnScreen(page, /GET|Serving/);
    const violations = await findAxeViolations(page);
    await panel(page).getByRole('button', { name: 'Show log' }).click();

    await panel(page).getByRole('group', { name: 'Log lines' }).getByText(/GET|Serving/).first().waitFor();
    expect(violations).toEqual([]);
  });
});

describe('the log of a run', () => {
  test('it is followed while it runs, searched as a whole, and can be picked from the history', async () => {
    const { client } = backend;
    const { id, name } = await client.instances.create({ name: 'Pages', blueprintId: 'stock:http-server' });
    await client.instances.start({ instance: id });
    await waitFor(async () => (await client.instances.get({ instance: id })).status === 'started', { timeoutMs: 60_000 });
    const { url } = await client.instances.get({ instance: id });
    const page = await openWindow();
    await page.getByRole('button', { name: `Log of ${name}` }).first().click();
    await panel(page).getByText(/Serving/).first().waitFor();

    await fetch(`${url ?? ''}/never-there`);
    await panel(page).getByText(/never-there/).first().waitFor();
    await panel(page).getByRole('searchbox', { name: 'Search the log' }).fill('NEVER-there');
    await panel(page).getByRole('region', { name: 'Lines that match' }).getByRole('button', { name: /never-there/ }).first().click();
    const violations = await findAxeViolations(page);
    await panel(page).getByRole('combobox', { name: 'Run' }).click();
    await page.getByRole('option', { name: /Install/ }).click();
    await panel(page).getByText(/never-there/).first().waitFor({ state: 'hidden' });

    expect(violations).toEqual([]);
  });

  test('a panel with a shell is clean for axe', async () => {
    const page = await openWindow();
    await openShell(page);
    expect(await findAxeViolations(page)).toEqual([]);
  });
});
