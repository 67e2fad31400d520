#!/usr/bin/env node
// The command line. Runs the TypeScript source on the pinned Node, whatever Node called this.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureSetUp, pinnedNode } from './setup.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const args = process.argv.slice(2);
const serveAt = args.indexOf('serve');
const isServe = serveAt !== -1 && args.slice(0, serveAt).every((word, index) => word.startsWith('--') || args[index - 1] === '--home');

if (!existsSync(join(root, 'node_modules'))) await ensureSetUp();
const entry = join(root, isServe ? 'src-main/headless/main.ts' : 'src-main/cli/main.ts');
const rest = isServe ? args.toSpliced(serveAt, 1).filter((word) => word !== '--json') : args;
const child = spawn(pinnedNode(), [entry, ...rest], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => { console.error(error.message); process.exit(1); });
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
