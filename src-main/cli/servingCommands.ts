import type { Command } from 'commander';
import type { ApiKey } from '#contract/apiKeys.ts';
import type { ServedModel } from '#contract/serving.ts';
import type { UsageRow } from '#contract/usage.ts';
import { showLoad } from './loadProgress.ts';
import { toTable } from './output.ts';
import { toSize } from './progressLine.ts';
import { withBackend } from './session.ts';

const RECENT_DAYS = 30;
const DAY_MS = 86_400_000;

/** `model load|unload|ps`, `key` and `usage`. */
export function addServingCommands(program: Command): void {
  const model = program.commands.find((each) => each.name() === 'model') ?? program.command('model');
  model.command('load <model>').description('load a model and wait until it is ready').action(load);
  model.command('unload <model>').description('unload a model once it has answered').option('--force', 'end its answers').action(unload);
  model.command('ps').description('what is loaded, what runs and what waits').action(listLoaded);
  const key = program.command('key').description('API keys of the port');
  key.command('create <name>').description('make a key; it is shown once').option('--models <names...>', 'only these models').option('--scopes <scopes...>', 'infer, read, manage', ['infer', 'read']).option('--requests-per-minute <count>', 'limit').option('--tokens-per-minute <count>', 'limit').option('--expires-days <days>', 'valid for').action(createKey);
  key.command('list').description('keys and what they used').action(listKeys);
  key.command('revoke <key>').description('revoke for good').action(revokeKey);
  program.command('usage').description('requests and tokens by day, key and model, of the last 30 days').option('--from <day>', 'from this day on, such as 2026-01-31').option('--to <day>', 'up to this day').action(showUsage);
}

async function load(model: string, _options: unknown, command: Command): Promise<void> {
  await withBackend(command, async ({ client, output }) => {
    const showing = new AbortController();
    const shown = output.isJson ? Promise.resolve() : showLoad(client, model, showing.signal);
    const loaded = await client.serving.load({ model }).finally(() => { showing.abort(); return shown; });
    output.print(loaded, ({ name, loadMs }) => [`${name} is loaded${loadMs === null ? '' : ` (${(loadMs / 1_000).toFixed(1)} s)`}.`]);
  });
}

async function unload(model: string, options: { force?: boolean }, command: Command): Promise<void> {
  await withBackend(command, async ({ client, output }) => { output.print(await client.serving.unload({ model, force: options.force ?? false }), ({ name }) => [`${name} is unloaded.`]); });
}

async function listLoaded(_options: unknown, command: Command): Promise<void> {
  await withBackend(command, async ({ client, output }) => {
    output.print(await client.serving.list({}), ({ models, requests }) => {
      const loaded = models.filter(({ state }) => state !== 'unloaded');
      return [...(loaded.length === 0 ? ['Nothing is loaded.'] : toTable([['MODEL', 'STATE', 'ENGINE', 'MEMORY', 'SLOTS', 'PID'], ...loaded.map(toLoadedRow)])), ...requests.map(({ id, model, state }) => `${id} ${model}: ${state}`)];
    });
  });
}

function toLoadedRow({ name, state, engine, measuredBytes, bookedBytes, ramBytes, busySlots, slots, pid }: ServedModel): string[] {
  return [name, state, engine, toSize(measuredBytes ?? bookedBytes + ramBytes), `${busySlots}/${slots}`, String(pid ?? '–')];
}

interface KeyOptions { models?: string[]; scopes: string[]; requestsPerMinute?: string; tokensPerMinute?: string; expiresDays?: string }

async function createKey(name: string, options: KeyOptions, command: Command): Promise<void> {
  const numberOf = (text: string | undefined): number | null => (text === undefined ? null : Number(text));
  await withBackend(command, async ({ client, output }) => {
    const days = numberOf(options.expiresDays);
    const made = await client.apiKeys.create({
      name, scopes: options.scopes as ApiKey['scopes'], models: options.models ?? [], requestsPerMinute: numberOf(options.requestsPerMinute), tokensPerMinute: numberOf(options.tokensPerMinute),
      expiresAtMs: days === null ? null : Date.now() + days * DAY_MS,
    });
    output.print(made, ({ secret }) => [secret, 'This is the only time it is shown.']);
  });
}

async function listKeys(_options: unknown, command: Command): Promise<void> {
  await withBackend(command, async ({ client, output }) => {
    output.print(await client.apiKeys.list({}), (keys) => (keys.length === 0 ? ['There are no keys. Programs of this machine may use the port without one.'] : toTable([['KEY', 'BEGINS', 'MAY', 'REQUESTS', 'TOKENS IN', 'TOKENS OUT', 'STATE'], ...keys.map(toKeyRow)])));
  });
}

function toKeyRow({ name, hint, scopes, requestCount, promptTokens, completionTokens, ...key }: ApiKey): string[] {
  return [name, hint, scopes.join(','), String(requestCount), String(promptTokens), String(completionTokens), toKeyState(key, Date.now())];
}

/** `valid`, `until 2026-01-31`, `expired` or `revoked`. */
export function toKeyState({ revokedAtMs, expiresAtMs }: Pick<ApiKey, 'revokedAtMs' | 'expiresAtMs'>, nowMs: number): string {
  if (revokedAtMs !== null) return 'revoked';
  if (expiresAtMs === null) return 'valid';
  return expiresAtMs <= nowMs ? 'expired' : `until ${toDay(expiresAtMs)}`;
}

function toDay(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

async function revokeKey(key: string, _options: unknown, command: Command): Promise<void> {
  await withBackend(command, async ({ client, output }) => { output.print(await client.apiKeys.revoke({ key }), ({ name }) => [`${name} is revoked.`]); });
}

async function showUsage(options: { from?: string; to?: string }, command: Command): Promise<void> {
  const isRecent = options.from === undefined && options.to === undefined;
  const fromDay = isRecent ? toDay(Date.now() - (RECENT_DAYS - 1) * DAY_MS) : options.from;
  await withBackend(command, async ({ client, output }) => {
    const rows = await client.usage.list({ ...(fromDay !== undefined && { fromDay }), ...(options.to !== undefined && { toDay: options.to }) });
    output.print(rows, (all) => (all.length === 0 ? [`Nothing was asked of the port ${isRecent ? `in the last ${RECENT_DAYS} days` : 'in this time'}.`] : toTable([['DAY', 'KEY', 'MODEL', 'ENDPOINT', 'REQUESTS', 'FAILED', 'STOPPED', 'IN', 'OUT'], ...all.map(toUsageRow)])));
  });
}

function toUsageRow({ day, keyName, model, endpoint, ...counts }: UsageRow): string[] {
  const { requestCount, failedCount, stoppedCount, promptTokens, completionTokens } = counts;
  return [day, keyName, model, endpoint, ...[requestCount, failedCount, stoppedCount, promptTokens, completionTokens].map(String)];
}
