import type { Command } from 'commander';
import { setTimeout as delay } from 'node:timers/promises';
import { isBackendAnswering } from '../app/backendLock.ts';
import { toTable } from './output.ts';
import { readShared, withBackend, withRunningBackend } from './session.ts';

const STOP_DEADLINE_MS = 60_000;

export function addSystemCommands(program: Command): void {
  program.command('serve').description('run the backend and its window for browsers').option('--port <n>', 'port of the listener').option('--open', 'open a browser');
  program.command('status').description('what runs').option('--link', 'print a fresh one-time address of the window').action(showStatus);
  program.command('stop').description('end the backend').option('--runs <what>', '"stop" or "leave" what runs', 'stop').action(stopBackend);
  program.command('doctor').description('what is missing on this machine, and how to get it').action(showDoctor);
}

async function showStatus(options: { link?: boolean }, command: Command): Promise<void> {
  const isRunning = await withRunningBackend(command, async ({ client, output }) => {
    if (options.link === true) {
      output.print(await client.system.createLink({}), ({ url }) => [url ?? 'The backend has no address for browsers.']);
      return;
    }
    const status = await client.system.status({});
    const instances = (await client.instances.list({})).map(({ name, status: word, health, port, url }) => ({ name, status: word, health, port, url }));
    output.print({ running: true, ...status, instances }, () => [
      `Wheelhouse ${status.version} runs (pid ${status.pid}, ${status.shell}) for ${status.home}`,
      `Address ${status.address ?? 'none'}; ${status.liveCount} of ${status.instanceCount} instances live`,
      ...instances.filter(({ url }) => url !== null).map(({ name, url }) => `  ${name}  ${url ?? ''}`),
    ]);
  });
  if (isRunning) return;
  const { config, output } = readShared(command);
  if (!output.isJson) throw new Error(`No backend runs for ${config.home}. "wheelhouse serve" starts one.`);
  output.print({ running: false, home: config.home }, () => []);
  process.exitCode = 1;
}

async function stopBackend(options: { runs: string }, command: Command): Promise<void> {
  const runs = options.runs === 'leave' ? 'leave' : 'stop';
  const isRunning = await withRunningBackend(command, async ({ client, output, config }) => {
    await client.system.stop({ runs });
    const deadline = performance.now() + STOP_DEADLINE_MS;
    while (await isBackendAnswering(config.socket)) {
      if (performance.now() > deadline) throw new Error('The backend did not end within a minute.');
      await delay(50);
    }
    output.print({ stopped: true }, () => ['The backend has ended.']);
  });
  if (isRunning) return;
  const { config, output } = readShared(command);
  output.print({ stopped: false }, () => [`No backend runs for ${config.home}.`]);
}

async function showDoctor(_options: unknown, command: Command): Promise<void> {
  await withBackend(command, async ({ client, output }) => {
    const checks = await client.system.doctor({});
    output.print(checks, () => toTable([['', 'what', 'found', 'needed for'], ...checks.flatMap(({ id, level, found, neededFor, hint }) => [
      [level, id, found ?? '–', neededFor],
      ...(hint === null ? [] : [['', '', `→ ${hint}`]]),
    ])]));
    if (checks.some(({ level }) => level === 'missing')) process.exitCode = 1;
  });
}
