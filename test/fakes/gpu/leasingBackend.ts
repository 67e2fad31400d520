// A headless backend whose ledger is asked for what stands in `leases.json` of its data folder: holders that are no instances,
// and waiting requests, without programs that really fill a GPU. The file may be written again while it runs.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { leaseHolder, leaseNeed } from '#contract/leases.ts';
import { readConfig } from '../../../src-main/app/config.ts';
import { createBackend } from '../../../src-main/app/createBackend.ts';
import { HeadlessHost } from '../../../src-main/headless/headlessHost.ts';
import { createNodeHostStarter } from '../../../src-main/platform/pty/hostProcess.ts';

const wishes = z.array(z.object({ holder: leaseHolder, need: leaseNeed, pids: z.array(z.int()).default([]) }));
export type LeaseWish = z.input<typeof wishes>[number];

const { values } = parseArgs({ options: { home: { type: 'string' }, port: { type: 'string' } } });
const config = readConfig({ home: values.home, port: Number(values.port ?? 0) });
const backend = await createBackend(config, { host: new HeadlessHost(), startHostProcess: createNodeHostStarter({ executablePath: process.execPath, environment: config.environment }) });
if (backend === null) throw new Error('another backend has this folder');
await backend.start();

const asked = new Set<string>();
const path = join(config.home, 'leases.json');
setInterval(() => {
  if (!existsSync(path)) return;
  for (const { holder, need, pids } of wishes.parse(JSON.parse(readFileSync(path, 'utf8')))) {
    if (asked.has(holder.id)) continue;
    asked.add(holder.id);
    backend.features.leases.request(need, holder, { patienceMs: null }).then((result) => { if (result.kind === 'granted') result.lease.ownPids(pids); }, (error: unknown) => { console.error(error); });
  }
}, 100);

console.log(`Open ${backend.createLink() ?? ''}`);
await new Promise((resolve) => {
  backend.onDidRequestStop(resolve);
  process.once('SIGTERM', resolve);
});
await backend.stop({ runs: 'stop' });
process.exit(0);
