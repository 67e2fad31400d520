import type { Command } from 'commander';
import { setTimeout as delay } from 'node:timers/promises';
import type { Instance } from '#contract/instances.ts';
import { attach } from './attach.ts';
import { toTable } from './output.ts';
import { withBackend, type Session } from './session.ts';

const POLL_MS = 150;

interface CreateOptions { blueprint: string; group?: string; port?: string; gpu?: string[]; args?: string; autostart?: boolean }
interface StartOptions { wait?: boolean; acceptUnparsed?: boolean }

export function addInstanceCommands(program: Command): void {
  const instance = program.command('instance').description('installed copies of apps');
  instance.command('list').description('all instances').action(list);
  instance.command('create').argument('<name>').description('create an instance; the first start installs it')
    .requiredOption('--blueprint <id>', 'what to install').option('--group <name>').option('--port <n>', 'a number, or "auto"').option('--gpu <uuid...>', 'GPUs it may use').option('--args <text>', 'launch arguments').option('--autostart', 'start with the backend').action(create);
  instance.command('show').argument('<name>').description('one instance').action(show);
  instance.command('start').argument('<name>').description('install if needed, then start').option('--wait', 'until it has started or failed').option('--accept-unparsed', 'run a script without a readable header').action(start);
  instance.command('stop').argument('<name>').description('stop the whole process tree').option('--wait', 'until it has stopped').action(stop);
  instance.command('restart').argument('<name>').description('stop, then start').option('--wait', 'until it has started or failed').action(restart);
  instance.command('logs').argument('<name>').description('output of the last run').option('-f, --follow', 'go on as it grows').action(logs);
  instance.command('attach').argument('<name>').description('the terminal of the live run; Ctrl-] leaves it').action(attachTo);
  instance.command('rm').argument('<name>').description('move to the trash').action(remove);
}

async function list(_options: unknown, command: Command): Promise<void> {
  await withBackend(command, async ({ client, output }) => {
    const instances = await client.instances.list({});
    output.print(instances, () => (instances.length === 0
      ? ['No instances yet. "wheelhouse blueprint list" shows what can be installed.']
      : toTable([['NAME', 'STATUS', 'HEALTH', 'CAUSE', 'ADDRESS', 'BLUEPRINT'], ...instances.map((one) => [one.name, one.status, one.health, one.cause ?? '', one.url ?? '', one.blueprintId])])));
  });
}

async function create(name: string, options: CreateOptions, command: Command): Promise<void> {
  await withBackend(command, async ({ client, output }) => {
    const port = options.port === undefined || options.port === 'auto' ? 'auto' : Number(options.port);
    const created = await client.instances.create({
      name, blueprintId: options.blueprint, port, autostart: options.autostart === true,
      ...(options.group !== undefined && { group: options.group }), ...(options.gpu && { gpuIds: options.gpu }), ...(options.args !== undefined && { launchArgs: options.args }),
    });
    output.print(created, describe);
  });
}

async function show(name: string, _options: unknown, command: Command): Promise<void> {
  await withBackend(command, async ({ client, output }) => {
    output.print(await client.instances.get({ instance: name }), describe);
  });
}

async function start(name: string, options: StartOptions, command: Command): Promise<void> {
  await withBackend(command, async (session) => {
    const asked = await session.client.instances.start({ instance: name, acceptUnparsed: options.acceptUnparsed === true });
    await report(session, options.wait === true ? await waitUntilSettled(session, asked) : asked);
  });
}

async function restart(name: string, options: { wait?: boolean }, command: Command): Promise<void> {
  await withBackend(command, async (session) => {
    const asked = await session.client.instances.restart({ instance: name });
    await report(session, options.wait === true ? await waitUntilSettled(session, asked) : asked);
  });
}

async function stop(name: string, options: { wait?: boolean }, command: Command): Promise<void> {
  await withBackend(command, async (session) => {
    const { client, output } = session;
    let now = await client.instances.stop({ instance: name });
    while (options.wait === true && now.status !== 'stopped' && now.status !== 'error') {
      await delay(POLL_MS);
      now = await client.instances.get({ instance: now.id });
    }
    output.print(now, describe);
    if (options.wait === true && now.cause === 'stuck') throw new Error(`"${now.name}" did not stop: pids ${now.stuckPids.join(', ')} outlived KILL.`);
  });
}

/** Waits while the instance is on its way; tells people about each new stage. */
async function waitUntilSettled({ client, output }: Session, asked: Instance): Promise<Instance> {
  let now = asked;
  let told = '';
  while (now.status !== 'started' && now.status !== 'stopped' && now.status !== 'error') {
    const line = now.stage === null ? now.status : `${now.status}: ${now.stage.index}/${now.stage.count} ${now.stage.title}`;
    if (line !== told && !output.isJson) process.stderr.write(`${line}\n`);
    told = line;
    await delay(POLL_MS);
    now = await client.instances.get({ instance: now.id });
  }
  return now;
}

async function report({ output }: Session, instance: Instance): Promise<void> {
  output.print(instance, describe);
  if (instance.status !== 'error') return;
  const failed = instance.preflight.filter(({ level }) => level === 'failed').map(({ id, subject, hint }) => [id, subject, hint].filter(Boolean).join(' '));
  throw new Error(`"${instance.name}" did not start: ${[instance.cause ?? 'unknown', instance.causeEvidence, ...failed].filter(Boolean).join('; ')}`);
}

async function logs(name: string, options: { follow?: boolean }, command: Command): Promise<void> {
  await withBackend(command, async ({ client, output }) => {
    const { id } = await client.instances.get({ instance: name });
    const run = (await client.runs.list({ instance: id, limit: 1 }))[0];
    if (run === undefined) throw new Error(`"${name}" has not run yet.`);
    if (options.follow !== true) {
      output.print(await client.runs.log({ run: run.id }), ({ text }) => [text.trimEnd()]);
      return;
    }
    for await (const { text } of await client.runs.follow({ run: run.id, tailBytes: 200_000 })) process.stdout.write(text);
  });
}

async function attachTo(name: string, _options: unknown, command: Command): Promise<void> {
  await withBackend(command, async ({ client, config }) => {
    const { terminalId } = await client.instances.get({ instance: name });
    if (terminalId === null) throw new Error(`"${name}" is not running. "wheelhouse instance start ${name}" starts it.`);
    await attach(config.socket, terminalId, client);
  });
}

async function remove(name: string, _options: unknown, command: Command): Promise<void> {
  await withBackend(command, async ({ client, output }) => {
    output.print(await client.instances.delete({ instance: name }), (gone) => [`Moved "${gone.name}" to the trash.`]);
  });
}

function describe(instance: Instance): string[] {
  const { name, status, health, cause, url, pid, folder, blueprintId } = instance;
  return [
    `${name}  ${status}${health === 'unknown' ? '' : ` (${health})`}${cause === null ? '' : `  ${cause}`}`,
    ...(url === null ? [] : [`  address    ${url}`]),
    ...(pid === null ? [] : [`  pid        ${pid}`]),
    `  blueprint  ${blueprintId}`,
    `  folder     ${folder}`,
  ];
}
