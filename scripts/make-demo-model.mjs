#!/usr/bin/env node
// Makes resources/models/wheelhouse-guide.gguf from the guide beside it: `npm run make:demo-model -- [--python FILE]
// [--steps N]`. Needs Python 3.10 or newer; its packages go into an environment under .cache unless --python brings one.
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureSetUp } from './setup.mjs';
import { findCommand, runCommand } from './support/commands.mjs';
import { createProgress, PlainError, runMain } from './support/progress.mjs';
import { inRoot, isWindows, toolEnvironment } from './support/project.mjs';

const sources = (...parts) => inRoot('resources', 'python', 'demoModel', ...parts);
const models = (...parts) => inRoot('resources', 'models', ...parts);
const made = (...parts) => inRoot('.cache', 'demo-model', ...parts);

await runMain('demo-model', async () => {
  const { values } = parseArgs({ options: { python: { type: 'string' }, steps: { type: 'string' }, 'gate-only': { type: 'boolean', default: false } } });
  const say = createProgress('demo-model');
  await ensureSetUp({ say });
  if (!values['gate-only']) await make(values.python ?? await ensureEnvironment(say), values.steps, say);
  await requireGood(say);
  copyFileSync(made('wheelhouse-guide.gguf'), models('wheelhouse-guide.gguf'));
  say('resources/models/wheelhouse-guide.gguf is new');
});

/** An environment with exactly the pinned packages; made once. */
async function ensureEnvironment(say) {
  const python = made('env', isWindows ? 'Scripts/python.exe' : 'bin/python');
  if (!existsSync(python)) {
    const host = findCommand('python3') ?? findCommand('python');
    if (!host) throw new PlainError('Python 3.10 or newer is needed (on Debian: apt-get install -y python3-venv)');
    say('environment: making it');
    await run(host, ['-m', 'venv', made('env')]);
  }
  say('environment: its packages; torch is large');
  await run(python, ['-m', 'pip', 'install', '--quiet', '--requirement', sources('requirements.txt')]);
  return python;
}

async function make(python, steps, say) {
  say('training; 8 to 30 minutes, most of them at full load on one core');
  await run(python, [sources('make.py'), '--guide', models('guide'), '--out', made(), ...(steps ? ['--steps', steps] : [])]);
}

/** @throws PlainError with every shortfall; then the model in resources stays as it was. */
async function requireGood(say) {
  const { findShortfalls } = await import('./support/demoModelGate.mjs');
  const expected = JSON.parse(readFileSync(join(made(), 'gate.json'), 'utf8'));
  const shortfalls = await findShortfalls(made('wheelhouse-guide.gguf'), expected, say);
  if (shortfalls.length > 0) throw new PlainError(`the new model is not good enough and was not taken:\n${shortfalls.join('\n')}`);
  say(`gate: ${expected.tokens.length} strings, ${expected.renderings.length} chats and ${expected.probes.length} probes passed`);
}

async function run(command, args) {
  const { status, signal } = await runCommand(command, args, { env: toolEnvironment({ PYTHONUNBUFFERED: '1' }) });
  if (status !== 0) throw new PlainError(`${args.at(-1)}: ended with ${status ?? signal}`);
}
