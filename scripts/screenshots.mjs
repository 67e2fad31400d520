#!/usr/bin/env node
// Takes the README's screenshots from the running app: `npm run screenshots`.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { buildChanged } from './build.mjs';
import { ensureSetUp, pinnedNode } from './setup.mjs';

await ensureSetUp();
await buildChanged({});
const { status } = spawnSync(pinnedNode(), [fileURLToPath(new URL('../test/support/takeScreenshots.ts', import.meta.url))], { stdio: 'inherit' });
process.exit(status ?? 1);
