import { hasCode } from '#contract/errors.ts';
import { createBackend, type Backend } from '../app/createBackend.ts';
import { readConfig } from '../app/config.ts';
import { fetchRunningLink } from '../cli/runningBackend.ts';
import { createNodeHostStarter } from '../platform/pty/hostProcess.ts';
import { HeadlessHost } from './headlessHost.ts';
import { openInBrowser } from './openInBrowser.ts';

interface HeadlessOptions { home: string | undefined; port: number | undefined; shouldOpen: boolean; isQuiet: boolean }

/** Runs the backend behind its HTTP listener until a signal or a client ends it. A second start shows the first. */
export async function runHeadless({ home, port, shouldOpen, isQuiet }: HeadlessOptions): Promise<void> {
  const config = readConfig({ home, port });
  const say = (line: string): void => { if (!isQuiet) process.stdout.write(`${line}\n`); };
  const startHostProcess = createNodeHostStarter({ executablePath: process.execPath, environment: config.environment });
  const backend = await open(() => createBackend(config, { host: new HeadlessHost(), startHostProcess }));
  if (backend === null) {
    const link = await fetchRunningLink(config.socket);
    say(`Wheelhouse already runs for ${config.home}.\nOpen ${link ?? 'its desktop window'}`);
    if (shouldOpen && link !== null) openInBrowser(link);
    return;
  }
  await open(() => backend.start());
  for (const notice of backend.notices) process.stderr.write(`${notice}\n`);
  const link = backend.createLink();
  say(`Wheelhouse is ready. Data folder: ${config.home}\nOpen ${link ?? ''}`);
  if (shouldOpen && link !== null) openInBrowser(link);
  await endOnRequest(backend);
}

async function endOnRequest(backend: Backend): Promise<void> {
  const runs = await new Promise<'stop' | 'leave'>((resolve) => {
    backend.onDidRequestStop(resolve);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => { resolve('leave'); });
  });
  // A second signal does not wait.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => { process.exit(130); });
  await backend.stop({ runs });
  process.exit(0);
}

async function open<T>(start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    process.exit(1);
  }
}

function explain(error: unknown): string {
  if (hasCode(error, 'folder.not_writable')) return `The data folder ${error.details.path} cannot be written (${error.details.reason}). Give yourself permission, or choose another with --home.`;
  if (hasCode(error, 'setting.invalid')) return `The environment's value for ${error.details.key} is not valid: ${error.details.issues.join('; ')}`;
  if (hasCode(error, 'port.in_use')) return `Port ${error.details.port} is in use${error.details.holderPid === null ? '' : ` by ${error.details.holderCommand ?? 'a program'} (pid ${error.details.holderPid})`}. Choose another with --port.`;
  return `Wheelhouse could not start: ${error instanceof Error ? error.stack ?? error.message : String(error)}`;
}
