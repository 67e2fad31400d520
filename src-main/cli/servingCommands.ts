import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import type { ApiKey } from '#contract/apiKeys.ts';
import type { Message } from '#contract/conversations.ts';
import type { ServedModel } from '#contract/serving.ts';
import type { UsageRow } from '#contract/usage.ts';
import { toTable } from './output.ts';
import { toSize } from './progressLine.ts';
import { withBackend, type Session } from './session.ts';

/** `model load|unload|ps`, `chat`, `key` and `usage`. */
export function addServingCommands(program: Command): void {
  const model = program.commands.find((each) => each.name() === 'model') ?? program.command('model');
  model.command('load <model>').description('load a model and wait until it is ready').action(load);
  model.command('unload <model>').description('unload a model once it has answered').option('--force', 'end its answers').action(unload);
  model.command('ps').description('what is loaded, what runs and what waits').action(listLoaded);
  program.command('chat <model> [question...]').description('ask one question, or talk until an empty line').option('--system <text>', 'system prompt', '').action(chat);
  const key = program.command('key').description('API keys of the port');
  key.command('create <name>').description('make a key; it is shown once').option('--models <names...>', 'only these models').option('--scopes <scopes...>', 'infer, read, manage', ['infer', 'read']).option('--requests-per-minute <count>', 'limit').option('--tokens-per-minute <count>', 'limit').option('--expires-days <days>', 'valid for').action(createKey);
  key.command('list').description('keys and what they used').action(listKeys);
  key.command('revoke <key>').description('revoke for good').action(revokeKey);
  program.command('usage').description('requests and tokens by day, key and model').option('--from <day>', 'such as 2026-01-31').option('--to <day>', 'likewise').action(showUsage);
}

async function load(model: string, _options: unknown, command: Command): Promise<void> {
  await withBackend(command, async ({ client, output }) => { output.print(await client.serving.load({ model }), ({ name, loadMs }) => [`${name} is loaded${loadMs === null ? '' : ` (${(loadMs / 1_000).toFixed(1)} s)`}.`]); });
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

async function chat(model: string, question: string[], options: { system: string }, command: Command): Promise<void> {
  await withBackend(command, async ({ client, output }) => {
    const { id } = await client.conversations.create({ model, systemPrompt: options.system });
    if (question.length > 0) {
      const answer = await ask(client, id, question.join(' '), !output.isJson);
      if (output.isJson) output.print(answer, () => []);
      return;
    }
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    for (let text = await terminal.question('> '); text.trim() !== ''; text = await terminal.question('> ')) await ask(client, id, text, true);
    terminal.close();
  });
}

/** Asks and prints the answer as it comes. @throws Error with the answer's problem. */
async function ask(client: Session['client'], conversation: string, content: string, isPrinting: boolean): Promise<Message> {
  const stream = await client.conversations.follow({ conversation });
  const [, begun] = await client.conversations.send({ conversation, content });
  let printed = '';
  const print = (text: string): void => { printed += text; if (isPrinting) process.stdout.write(text); };
  for await (const change of stream) {
    if (change.kind === 'delta' && change.messageId === begun?.id) print(change.content);
    if (change.kind !== 'message' || change.message.id !== begun?.id) continue;
    print(change.message.content.slice(printed.length));
    if (isEnded(change.message)) {
      if (isPrinting) process.stdout.write('\n');
      return change.message;
    }
  }
  throw new Error('The connection ended before the answer.');
}

function isEnded({ status, problem }: Message): boolean {
  if (status === 'failed') throw new Error(problem ?? 'The answer failed.');
  return status === 'done' || status === 'stopped';
}

interface KeyOptions { models?: string[]; scopes: string[]; requestsPerMinute?: string; tokensPerMinute?: string; expiresDays?: string }

async function createKey(name: string, options: KeyOptions, command: Command): Promise<void> {
  const numberOf = (text: string | undefined): number | null => (text === undefined ? null : Number(text));
  await withBackend(command, async ({ client, output }) => {
    const days = numberOf(options.expiresDays);
    const made = await client.apiKeys.create({
      name, scopes: options.scopes as ApiKey['scopes'], models: options.models ?? [], requestsPerMinute: numberOf(options.requestsPerMinute), tokensPerMinute: numberOf(options.tokensPerMinute),
      expiresAtMs: days === null ? null : Date.now() + days * 86_400_000,
    });
    output.print(made, ({ secret }) => [secret, 'This is the only time it is shown.']);
  });
}

async function listKeys(_options: unknown, command: Command): Promise<void> {
  await withBackend(command, async ({ client, output }) => {
    output.print(await client.apiKeys.list({}), (keys) => (keys.length === 0 ? ['There are no keys. Programs of this machine may use the port without one.'] : toTable([['KEY', 'BEGINS', 'MAY', 'REQUESTS', 'TOKENS IN', 'TOKENS OUT', 'STATE'], ...keys.map(toKeyRow)])));
  });
}

function toKeyRow({ name, hint, scopes, requestCount, promptTokens, completionTokens, revokedAtMs }: ApiKey): string[] {
  return [name, hint, scopes.join(','), String(requestCount), String(promptTokens), String(completionTokens), revokedAtMs === null ? 'valid' : 'revoked'];
}

async function revokeKey(key: string, _options: unknown, command: Command): Promise<void> {
  await withBackend(command, async ({ client, output }) => { output.print(await client.apiKeys.revoke({ key }), ({ name }) => [`${name} is revoked.`]); });
}

async function showUsage(options: { from?: string; to?: string }, command: Command): Promise<void> {
  await withBackend(command, async ({ client, output }) => {
    const rows = await client.usage.list({ ...(options.from === undefined ? {} : { fromDay: options.from }), ...(options.to === undefined ? {} : { toDay: options.to }) });
    output.print(rows, (all) => (all.length === 0 ? ['Nothing was asked of the port yet.'] : toTable([['DAY', 'KEY', 'MODEL', 'ENDPOINT', 'REQUESTS', 'FAILED', 'IN', 'OUT'], ...all.map(toUsageRow)])));
  });
}

function toUsageRow({ day, keyName, model, endpoint, requestCount, failedCount, promptTokens, completionTokens }: UsageRow): string[] {
  return [day, keyName, model, endpoint, String(requestCount), String(failedCount), String(promptTokens), String(completionTokens)];
}
