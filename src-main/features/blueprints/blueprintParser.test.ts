import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blueprintHeader } from '#contract/blueprintHeader.ts';
import type { BlueprintHeader } from '#contract/blueprintHeader.ts';
import { parseBlueprint } from './blueprintParser.ts';
import type { ParsedBlueprint } from './blueprintParser.ts';
import { createDefaultHeader } from './headerDefaults.ts';
import { printBlueprintHeader } from './headerPrinter.ts';

const parse = (text: string): ParsedBlueprint => parseBlueprint(text, { fileName: 'lab.sh' });
const script = (...lines: string[]): string => ['#!/bin/bash', '### WHEELHOUSE-BLUEPRINT 1 ###', ...lines, '### END ###', 'echo hi', ''].join('\n');
const codesOf = ({ problems }: ParsedBlueprint): string[] => problems.map(({ line, level, code }) => `${line} ${level} ${code}`);

test('the example of the design page is read whole', () => {
  const { header, headerVersion, problems } = parse(script(
    '# name = ComfyUI', '# category = Image', '# kind = webui', '# requires.gpu = nvidia', '# env.type = venv', '# ready.type = http',
    '# ready.path = /queue', '# stop.signals = INT:10,TERM:10,KILL', '# restart = on-failure', '# links[] = models/checkpoints -> shared:checkpoints',
  ));
  expect({ headerVersion, problems }).toEqual({ headerVersion: 1, problems: [] });
  expect(header).toMatchObject({
    name: 'ComfyUI', category: 'Image', kind: 'webui', requires: { gpu: 'nvidia' }, env: { type: 'venv', path: './env' },
    ready: { path: '/queue', status: { from: 200, to: 499 }, timeoutSeconds: 300, installTimeoutSeconds: 7200 },
    stop: { signals: [{ signal: 'INT', waitSeconds: 10 }, { signal: 'TERM', waitSeconds: 10 }, { signal: 'KILL', waitSeconds: null }] },
    restart: { policy: 'on-failure' }, links: [{ path: 'models/checkpoints', sharedPath: 'checkpoints' }],
  });
});

test('every kind of value is read', () => {
  const { header, problems } = parse(script(
    '# description = one', '#     two', '# platforms = linux, darwin', '# requires.vram_mib = 8000', '# requires.commands[] = git',
    '# requires.commands[] = ffmpeg', '# env.relocatable = true', '# env.cuda = 12.8', '# wheels.protect = Torch, Torch_Audio', '# port.primary = 8188',
    '# port.extra[] = API', '# ready.status = 200', '# ready.regex = ^listening', '# restart.exit_ok = 1, 2', '# verbs = install, run',
    '# args[] = listen:string:127.0.0.1:--listen', '# secrets[] = HF_TOKEN', '# args.file = more/args.txt', '# requires.cuda_min = >=12.4', '# x-mine = 1',
  ));
  expect(problems).toEqual([]);
  expect(header).toMatchObject({
    description: 'one\ntwo', platforms: ['linux', 'darwin'], requires: { vramMib: 8000, commands: ['git', 'ffmpeg'], cudaMin: '>=12.4' },
    env: { isRelocatable: true, cuda: '12.8' }, wheels: { protect: ['torch', 'torch-audio'] }, port: { primary: 8188, extra: ['API'] },
    ready: { status: { from: 200, to: 200 }, regex: '^listening' }, restart: { exitOk: [1, 2] }, verbs: ['install', 'run'],
    args: { file: 'more/args.txt', options: [{ name: 'listen', type: 'string', default: '127.0.0.1', flag: '--listen' }] }, secrets: ['HF_TOKEN'],
  });
});

test('the kind decides the defaults, wherever it stands', () => {
  expect(parse(script('# restart.max = 2', '# kind = server')).header).toMatchObject({ ready: { type: 'tcp' }, restart: { policy: 'on-failure', max: 2 } });
  expect(parse(script('# ready.type = log', '# kind = server')).header.ready.type).toBe('log');
});

test.each([
  ['# env.path = ../../x', 'value.invalid'], ['# env.path = /etc', 'value.invalid'], ['# env.path = a/../../b', 'value.invalid'], ['# env.path = .', 'value.invalid'],
  ['# env.path = C:\\x', 'value.invalid'], ['# links[] = a -> shared:../b', 'value.invalid'], ['# links[] = a -> /etc', 'value.invalid'],
  ['# outputs = ../x', 'value.invalid'], ['# args.file = ../../.ssh/id', 'value.invalid'], ['# homepage = javascript:alert(1)', 'value.invalid'],
  ['# kind = robot', 'value.invalid'], ['# ready.timeout_s = soon', 'value.invalid'], ['# ready.timeout_s = -1', 'value.invalid'], ['# ready.path = queue', 'value.invalid'],
  ['# ready.status = 499-200', 'value.invalid'], ['# ready.regex = (', 'value.invalid'], ['# stop.signals = BANG', 'value.invalid'], ['# name[] = x', 'value.invalid'],
  ['# port.primary = 70000', 'value.invalid'], ['# secrets[] = $(x)', 'value.invalid'], ['# requires.commands = rm -rf', 'value.invalid'],
  ['no comment', 'line.unreadable'], ['# no equals sign', 'line.unreadable'],
])('the line %j is an error with its place', (line, code) => {
  const parsed = parse(script('# name = A', line));
  expect(codesOf(parsed)).toEqual([`4 error ${code}`]);
  expect(parsed.problems[0]?.file).toBe('lab.sh');
  expect(parsed.header).toEqual({ ...createDefaultHeader('webui', 'A') });
});

test('unknown keys are kept and shown, those with x- in silence', () => {
  const parsed = parse(script('# color = red', '# tags[] = a', '# tags[] = b', '# x-note = quiet'));
  expect(parsed.unknownKeys).toEqual({ color: 'red', 'tags[]': 'a\nb', 'x-note': 'quiet' });
  expect(codesOf(parsed)).toEqual(['3 warning key.unknown', '4 warning key.unknown', '5 warning key.unknown']);
});

test('CRLF and a byte order mark are accepted and reported', () => {
  const parsed = parse(`\uFEFF${script('# name = Windows').replaceAll('\n', '\r\n')}`);
  expect(parsed.header.name).toBe('Windows');
  expect(codesOf(parsed)).toEqual(['1 warning text.bom', '1 warning text.crlf']);
});

test('the header may stand after a stray line and before the shebang', () => {
  expect(parse(`stray\n### WHEELHOUSE-BLUEPRINT 1 ###\n# name = Late\n### END ###\n#!/bin/bash\n`)).toMatchObject({ headerVersion: 1, header: { name: 'Late' }, problems: [] });
});

test.each([
  ['no header', '#!/bin/bash\necho\n', '1 error header.missing', null],
  ['an empty file', '', '1 error header.missing', null],
  ['another version', '### WHEELHOUSE-BLUEPRINT 2 ###\n### END ###\n', '1 error header.version_unknown', null],
  ['no end', '#!/bin/bash\n### WHEELHOUSE-BLUEPRINT 1 ###\n# name = X\n', '2 error header.no_end', null],
  ['two headers', `${script('# name = X')}${script('# name = Y')}`, '7 error header.twice', 1],
  ['a NUL', script('# name = X').replace('echo', 'ec\0ho'), '5 error text.nul', 1],
  ['a line of 5 MB inside', script(`# name = ${'x'.repeat(5_000_000)}`), '2 error header.no_end', null],
  ['a header after 200 lines', `${'#\n'.repeat(200)}${script('# name = X')}`, '1 error header.missing', null],
])('%s is reported', (_what, text, problem, headerVersion) => {
  const parsed = parse(text);
  expect(codesOf(parsed)).toEqual([problem]);
  expect(parsed.headerVersion).toBe(headerVersion);
  expect(parsed.header.name).toBe(headerVersion === null ? 'lab' : 'X');
});

test('a line of 5 MB after the header does no harm', () => {
  expect(parse(`${script('# name = X')}${'y'.repeat(5_000_000)}`)).toMatchObject({ headerVersion: 1, problems: [] });
});

test('AiKore’s block is version 0, before or after the shebang or a stray line', () => {
  const block = ['### AIKORE-METADATA-START ###', '# aikore.name = "Fooocus"', '# aikore.category = Image', '# aikore.venv_type = python',
    '# aikore.venv_path = ./my.env', '# aikore.persistent_mode = true', '# aikore.odd = 1', '### AIKORE-METADATA-END ###'].join('\n');
  for (const text of [`#!/bin/bash\n${block}\n`, `${block}\n#!/bin/bash\n`, `oops\n${block}\n`]) {
    const parsed = parse(text);
    expect(parsed).toMatchObject({ headerVersion: 0, header: { name: 'Fooocus', category: 'Image', env: { type: 'venv', path: './my.env' }, gui: 'desktop', verbs: [] } });
    expect(parsed.unknownKeys).toEqual({ 'aikore.odd': '1' });
    expect(parsed.problems.map(({ code }) => code)).toEqual(['key.unknown']);
  }
  expect(codesOf(parse(block.replace('./my.env', '../../x')))).toContain('5 error value.invalid');
});

test('nothing makes the parser throw, and what it gives fits the contract', () => {
  const line = fc.oneof(
    fc.constantFrom('### WHEELHOUSE-BLUEPRINT 1 ###', '### END ###', '### AIKORE-METADATA-START ###', '### AIKORE-METADATA-END ###', '#     more', '#', '#!/bin/sh'),
    fc.tuple(fc.constantFrom('kind', 'name', 'links[]', 'links', 'env.path', 'stop.signals', 'args[]', 'ready.status', 'constructor', 'x-a', 'aikore.name'), fc.string()).map(([key, value]) => `# ${key} = ${value}`),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(fc.property(fc.array(line), fc.constantFrom('\n', '\r\n', '\r'), (lines, ending) => {
    const parsed = parse(lines.join(ending));
    expect(blueprintHeader.safeParse(parsed.header).success).toBe(true);
    expect(parsed.headerVersion !== null || parsed.problems.some(({ level }) => level === 'error')).toBe(true);
  }), { numRuns: 500 });
});

const word = fc.stringMatching(/^[A-Za-z0-9!$;()"'<>=#[\],:.]{1,12}$/);
const sentence = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(' '));
const path = fc.array(fc.stringMatching(/^[a-z0-9 ]{0,4}[a-z0-9_-]$/), { minLength: 1, maxLength: 3 }).map((parts) => parts.map((part) => part.trim()).join('/'));
const seconds = fc.nat({ max: 100_000 });

const anyHeader: fc.Arbitrary<BlueprintHeader> = fc.record({
  kind: fc.constantFrom('webui', 'server', 'tool', 'training', 'build', 'container'),
  name: sentence,
  description: fc.option(fc.array(sentence, { minLength: 1, maxLength: 3 }).map((lines) => lines.join('\n'))),
  platforms: fc.uniqueArray(fc.constantFrom('linux', 'darwin', 'win32')),
  commands: fc.array(fc.stringMatching(/^[a-z][a-z0-9+-]{0,8}$/)),
  links: fc.array(fc.record({ path, sharedPath: path })),
  policy: fc.constantFrom('never', 'on-failure', 'always'),
  exitOk: fc.array(fc.nat({ max: 255 })),
  max: seconds, timeoutSeconds: seconds,
  from: fc.integer({ min: 100, max: 300 }), to: fc.integer({ min: 300, max: 599 }),
  primary: fc.oneof(fc.constant('auto' as const), fc.integer({ min: 1, max: 65_535 })),
  signals: fc.array(fc.record({ signal: fc.constantFrom('INT', 'TERM', 'HUP'), waitSeconds: fc.nat({ max: 9_999 }) }), { minLength: 1 }),
  isRelocatable: fc.boolean(), outputs: fc.option(path),
  options: fc.array(fc.record({ name: fc.stringMatching(/^[a-z]{1,8}$/), type: fc.constantFrom('string', 'int', 'bool'), default: fc.stringMatching(/^[a-z0-9]{0,5}$/), flag: fc.stringMatching(/^--[a-z:]{1,8}$/) })),
}).map((parts) => {
  const header = createDefaultHeader(parts.kind, parts.name);
  Object.assign(header, { description: parts.description, platforms: parts.platforms, links: parts.links, outputs: parts.outputs });
  Object.assign(header.requires, { commands: parts.commands });
  Object.assign(header.restart, { policy: parts.policy, exitOk: parts.exitOk, max: parts.max });
  Object.assign(header.ready, { timeoutSeconds: parts.timeoutSeconds, status: { from: parts.from, to: parts.to } });
  header.port.primary = parts.primary;
  header.stop.signals = parts.signals;
  header.env.isRelocatable = parts.isRelocatable;
  header.args.options = parts.options;
  return header;
});

test('a printed header is read back the same', () => {
  fc.assert(fc.property(anyHeader, fc.dictionary(fc.stringMatching(/^x-[a-z]{1,5}(\[\])?$/), sentence), (header, unknownKeys) => {
    const parsed = parse(`#!/bin/bash\n${printBlueprintHeader(header, unknownKeys)}`);
    expect(parsed).toEqual({ headerVersion: 1, header, unknownKeys, problems: [] });
  }), { numRuns: 300 });
});
