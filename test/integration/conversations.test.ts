import SqliteDatabase from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Attachment, Conversation, Message, MessageChange } from '#contract/conversations.ts';
import { silentLog } from '../../src-main/base/logger.ts';
import { createChatFeatures, findChatModel } from '../../src-main/app/chatFeatures.ts';
import type { ChatModelFacts } from '../../src-main/features/chat/index.ts';
import { closeDatabase, openDatabase, type OpenedDatabase } from '../../src-main/platform/sqlite/database.ts';
import { migrations } from '../../src-main/platform/sqlite/migrations.ts';
import { removeHomes, startBackend } from '../support/backend.ts';
import { addChatModel, startChatEngine } from '../support/chatEngine.ts';
import { waitFor } from '../support/waitFor.ts';
import { FakeClock, settle } from '../fakes/facts/fakeClock.ts';
import { aConfig, aVersion } from '../fakes/serving/aModel.ts';
import { ScriptedChatModel } from '../fakes/chat/scriptedChatModel.ts';

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => { for (const end of ends.splice(0).reverse()) await end(); });

type Features = ReturnType<typeof createChatFeatures>;
interface World extends Features { model: ScriptedChatModel; clock: FakeClock; opened: OpenedDatabase; path: string; conversation: Conversation }

const known: Readonly<Record<string, ChatModelFacts>> = { guide: { canSee: false, tellsPace: true }, help: { canSee: false, tellsPace: true }, rival: { canSee: null, tellsPace: false }, seer: { canSee: true, tellsPace: false } };

function openWorld({ path = makePath() }: { path?: string } = {}): World {
  const clock = new FakeClock();
  const model = new ScriptedChatModel();
  const opened = openDatabase({ path, migrations, nowMs: clock.nowMs(), log: silentLog });
  const features = createChatFeatures({ opened, models: { chat: model, find: (name) => known[name] ?? null }, clock, log: silentLog });
  features.messages.start();
  ends.push(async () => { await features.messages.stop(); expect(clock.pendingCount).toBe(0); closeDatabase(opened.database); });
  return { ...features, model, clock, opened, path, conversation: features.conversations.create({ model: 'guide', systemPrompt: '' }) };
}

function makePath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wh-chat-'));
  ends.push(() => { rmSync(folder, { recursive: true, force: true }); });
  return join(folder, 'wheelhouse.db');
}

function ask({ messages, conversation }: World, content: string, rest: { parentId?: string | null; attachments?: Attachment[] } = {}): Message[] {
  return messages.send({ conversation: conversation.id, content, attachments: [], ...rest });
}

/** Asks, and lets the model answer with these pieces. */
async function converse(world: World, question: string, answer: string, rest: { parentId?: string | null } = {}): Promise<{ question: Message; answer: Message }> {
  const [asked, answered] = ask(world, question, rest);
  await settle();
  world.model.last.say(answer).finish();
  await settle();
  return { question: find(world, asked?.id), answer: find(world, answered?.id) };
}

function find({ messages, conversation }: World, id: string | undefined): Message {
  const found = messages.list(conversation.id).find((message) => message.id === id);
  if (found === undefined) throw new Error(`no message ${id ?? ''}`);
  return found;
}

/** Reads a stream of changes until the test ends. */
function listen({ messages, conversation }: World): MessageChange[] {
  const heard: MessageChange[] = [];
  const ending = new AbortController();
  const reading = (async () => { for await (const change of messages.follow(conversation.id, ending.signal)) heard.push(change); })();
  ends.push(async () => { ending.abort(); await reading; });
  return heard;
}

const attach = (name: string, text: string): Attachment => ({ kind: 'text', name, mediaType: 'text/plain', sizeBytes: Buffer.byteLength(text), data: Buffer.from(text).toString('base64') });
const picture: Attachment = { kind: 'image', name: 'dot.png', mediaType: 'image/png', sizeBytes: 3, data: 'AAAA' };

describe('an answer', () => {
  test('is waited for, written piece by piece and done, with what it cost', async () => {
    const world = openWorld();
    const [question, waiting] = ask(world, 'What is a wheel?');
    await settle();

    await world.clock.advance(500);
    world.model.last.say('A round ');
    await settle();
    const streaming = find(world, waiting?.id);
    await world.clock.advance(1_000);
    world.model.last.say('thing.').part({ kind: 'usage', promptTokens: 7, completionTokens: 11 }).finish();
    await settle();

    expect([question?.role, waiting?.status, waiting?.parentId]).toEqual(['user', 'waiting', question?.id]);
    expect([streaming.status, streaming.content]).toEqual(['streaming', 'A round ']);
    expect(find(world, waiting?.id)).toMatchObject({ status: 'done', content: 'A round thing.', model: 'guide', finishReason: 'stop', promptTokens: 7, completionTokens: 11, firstTokenMs: 500, totalMs: 1_500, tokensPerSecond: 10 });
    expect(world.conversations.get(world.conversation.id)).toMatchObject({ title: 'What is a wheel?', leafId: waiting?.id, messageCount: 2 });
  });

  test('reaches a follower in at most 30 pieces a second, and whole', async () => {
    const world = openWorld();
    const heard = listen(world);
    const [, answer] = ask(world, 'Count');
    await settle();

    for (let index = 0; index < 1_000; index += 1) {
      world.model.last.say(`${index} `);
      await world.clock.advance(1);
    }
    world.model.last.finish();
    await settle();

    const pieces = heard.filter(({ kind }) => kind === 'delta');
    const last = heard.at(-1);
    expect(pieces.length).toBeGreaterThan(20);
    expect(pieces.length).toBeLessThanOrEqual(30);
    expect(last?.kind === 'message' ? last.message.content : '').toBe(find(world, answer?.id).content);
    expect(find(world, answer?.id).content).toMatch(/^0 1 2 .* 999 $/);
  });

  test('is told from where a late follower came in', async () => {
    const world = openWorld();
    const [, answer] = ask(world, 'Count');
    await settle();
    world.model.last.say('one ');
    await world.clock.advance(10);
    world.model.last.say('two ');
    await settle();

    const heard = listen(world);
    await settle();
    await world.clock.advance(100);

    const first = heard[0];
    const shown = first?.kind === 'snapshot' ? first.messages.find(({ id }) => id === answer?.id)?.content : '';
    const added = heard.flatMap((change) => (change.kind === 'delta' ? [change.content] : []));
    expect([shown, ...added].join('')).toBe('one two ');
  });

  test('that is stopped keeps what came, and the model is told', async () => {
    const world = openWorld();
    const [, answer] = ask(world, 'Go on for ever');
    await settle();
    world.model.last.say('for ever and ');
    await settle();

    await world.messages.stopAnswers(world.conversation.id);

    expect(find(world, answer?.id)).toMatchObject({ status: 'stopped', content: 'for ever and ', problem: null });
    expect(world.model.last.request.signal.aborted).toBe(true);
  });

  test('that fails says why with its code, and keeps what came', async () => {
    const world = openWorld();
    const [, answer] = ask(world, 'Break');
    await settle();

    world.model.last.say('well').part({ kind: 'failure', code: 'engine_crashed', message: 'The engine ended with code 139.' });
    await settle();

    expect(find(world, answer?.id)).toMatchObject({ status: 'failed', content: 'well', problem: 'engine_crashed: The engine ended with code 139.' });
  });

  test.each([
    ['breaks off without an end', (model: ScriptedChatModel) => model.last.say('half').end(), 'answer_ended_early: The answer broke off before its end.'],
    ['throws', (model: ScriptedChatModel) => model.last.fail(new Error('socket hang up')), 'internal: socket hang up'],
  ])('whose model %s has failed', async (_name, act, problem) => {
    const world = openWorld();
    const [, answer] = ask(world, 'Break');
    await settle();

    act(world.model);
    await settle();

    expect(find(world, answer?.id)).toMatchObject({ status: 'failed', problem });
  });

  test('that cannot be kept is told to who follows, and leaves the conversation free for the next question', async () => {
    const world = openWorld();
    world.opened.database.exec("CREATE TRIGGER full BEFORE UPDATE ON messages BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END");
    const heard = listen(world);
    const [, lost] = ask(world, 'Tell me');
    await settle();
    world.model.last.say('Once upon');
    await world.clock.advance(1_500);
    world.model.last.say(' a time').finish();
    await settle();
    world.opened.database.exec('DROP TRIGGER full');

    const next = await converse(world, 'And now?', 'Kept.');

    const told = heard.flatMap((change) => (change.kind === 'message' && change.message.id === lost?.id ? [change.message] : [])).at(-1);
    expect(told).toMatchObject({ status: 'done', content: 'Once upon a time' });
    expect([find(world, lost?.id).status, next.answer.status]).toEqual(['stopped', 'done']);
  });

  test('is saved once a second, and one that a dead backend left is stopped at the next start', async () => {
    const world = openWorld();
    const [, answer] = ask(world, 'Tell me');
    await settle();
    world.model.last.say('kept ');
    await settle();
    await world.clock.advance(1_000);
    world.model.last.say('lost');
    await settle();

    const next = openWorld({ path: world.path });

    const found = next.messages.list(world.conversation.id).find(({ id }) => id === answer?.id);
    expect([found?.status, found?.content]).toEqual(['stopped', 'kept ']);
  });

  test('has its thoughts apart, from the engine or out of the text, with their time', async () => {
    const world = openWorld();
    const [, answer] = ask(world, 'Think');
    await settle();

    for (const piece of ['<th', 'ink>\nhm', 'm</thi', 'nk>\n\n', 'Yes', '.']) {
      world.model.last.say(piece);
      await world.clock.advance(100);
    }
    world.model.last.finish();
    await settle();

    expect(find(world, answer?.id)).toMatchObject({ thinking: 'hmm', content: 'Yes.', thinkingMs: 300 });
  });

  test('has the pace that the engine tells, else the one that is measured, and none when all came at once', async () => {
    const world = openWorld();
    const rates: (number | null)[] = [];
    for (const act of [
      (call: ScriptedChatModel['last']) => call.say('a').say('b').part({ kind: 'pace', tokensPerSecond: 123, completionTokens: null }),
      (call: ScriptedChatModel['last']) => call.say('a').say('b'),
    ]) {
      const [, answer] = ask(world, 'Fast?');
      await settle();
      act(world.model.last).finish();
      await settle();
      rates.push(find(world, answer?.id).tokensPerSecond);
    }

    expect(rates).toEqual([123, null]);
    expect(world.model.last.request.tellsPace).toBe(true);
  });

  test('has as many tokens as the engine says, where several came in one piece and it was stopped', async () => {
    const world = openWorld();
    const [, answer] = ask(world, 'For ever?');
    await settle();

    world.model.last.say('for').say(' ever and ever').part({ kind: 'pace', tokensPerSecond: null, completionTokens: 5 }).say(' and');
    await settle();
    await world.messages.stopAnswers(world.conversation.id);

    expect(find(world, answer?.id)).toMatchObject({ status: 'stopped', completionTokens: 6 });
  });

  test('puts the pieces of a tool call together', async () => {
    const world = openWorld();
    const [, answer] = ask(world, 'Weather?');
    await settle();

    world.model.last.part({ kind: 'delta', toolCalls: [{ index: 0, id: 'call_1', name: 'weather', arguments: '{"city"' }] }).part({ kind: 'delta', toolCalls: [{ index: 0, arguments: ':"Oslo"}' }] }).finish('tool_calls');
    await settle();

    expect(find(world, answer?.id)).toMatchObject({ finishReason: 'tool_calls', toolCalls: [{ id: 'call_1', name: 'weather', arguments: '{"city":"Oslo"}', result: null }] });
  });
});

describe('a question', () => {
  test('carries the system prompt, what was said before, and the sampling', async () => {
    const world = openWorld();
    world.conversations.update(world.conversation.id, { systemPrompt: 'Be brief.', sampling: { temperature: 0, topP: null, topK: 5, minP: null, maxTokens: 20, seed: 1, stop: ['END'] } });
    await converse(world, 'One?', 'First.');

    ask(world, 'Two?');
    await settle();

    expect(world.model.last.request).toMatchObject({
      model: 'guide', sampling: { temperature: 0, topK: 5, maxTokens: 20, seed: 1, stop: ['END'] },
      messages: [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: 'One?' }, { role: 'assistant', content: 'First.' }, { role: 'user', content: 'Two?' }],
    });
  });

  test('has text files before it, each in a fence that its text does not close', async () => {
    const world = openWorld();

    const [question] = ask(world, 'What is this?', { attachments: [attach('notes.md', 'see\n```js\n1\n```\n')] });
    await settle();

    expect(world.model.last.request.messages).toEqual([{ role: 'user', content: 'notes.md\n````md\nsee\n```js\n1\n```\n````\n\nWhat is this?' }]);
    expect(find(world, question?.id).attachments).toEqual([{ kind: 'text', name: 'notes.md', mediaType: 'text/plain', sizeBytes: 16 }]);
    expect(world.messages.getAttachment(world.conversation.id, question?.id ?? '', 0).data).toBe(attach('notes.md', 'see\n```js\n1\n```\n').data);
  });

  test('with an image goes to a model that sees, and is refused in its answer for one that does not', async () => {
    const world = openWorld();
    const [, refused] = ask(world, 'What is this?', { attachments: [picture] });
    await settle();
    world.conversations.update(world.conversation.id, { model: 'seer' });

    ask(world, 'And you?', { parentId: null, attachments: [picture] });
    await settle();

    expect(find(world, refused?.id)).toMatchObject({ status: 'failed', problem: 'model_has_no_vision: guide takes no images.' });
    expect(world.model.requests.length).toBe(1);
    expect(world.model.last.request.messages).toEqual([{ role: 'user', content: [{ type: 'text', text: 'And you?' }, { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }] }]);
  });

  test('that got no answer is not asked again with the next one', async () => {
    const world = openWorld();
    ask(world, 'Too long');
    await settle();
    world.model.last.part({ kind: 'failure', code: 'context_length_exceeded', message: 'Too long.' });
    await settle();
    ask(world, 'What is this?', { attachments: [picture] });
    await settle();

    ask(world, 'Short');
    await settle();

    expect(world.model.last.request.messages).toEqual([{ role: 'user', content: 'Short' }]);
  });

  test('is refused without a model, with one that is gone, with nothing in it, after a message that is not there, and while an answer is written', async () => {
    const world = openWorld();
    const refuse = (act: () => unknown): string => {
      try { act(); return 'taken'; } catch (error) { return error instanceof Error && 'code' in error ? String(error.code) : 'other'; }
    };
    const withModel = (model: string | null): World => ({ ...world, conversation: world.conversations.create({ model, systemPrompt: '' }) });

    const codes = [
      refuse(() => ask(withModel(null), 'x')), refuse(() => ask(withModel('gone'), 'x')), refuse(() => ask(withModel('help'), 'x')),
      refuse(() => ask(world, '  ')), refuse(() => ask(world, 'x', { parentId: 'msg_none' })), refuse(() => world.messages.send({ conversation: 'cnv_none', content: 'x', attachments: [] })),
      refuse(() => ask(world, 'x')), refuse(() => ask(world, 'y')),
    ];
    await settle();

    expect(codes).toEqual(['conversation.no_model', 'conversation.no_model', 'taken', 'bad_input', 'message.not_found', 'conversation.not_found', 'taken', 'conversation.busy']);
  });
});

test.each([['llama-server', true], ['embedded', false]] as const)('pictures go to a model that sees only where its engine takes them: %s', (engine, canSee) => {
  const configs = { find: (name: string) => aConfig(name), getVersion: () => aVersion('seer', { capabilities: ['chat', 'vision'] }) };

  expect(findChatModel({ configs, serving: { describe: () => ({ engine }) } }, 'seer')?.canSee).toBe(canSee);
});

describe('branches', () => {
  test('an edited question begins another branch, and each model call sees its own only', async () => {
    const world = openWorld();
    const first = await converse(world, 'Red?', 'No.');
    await converse(world, 'Why?', 'Because.');

    const edited = await converse(world, 'Blue?', 'Yes.', { parentId: null });
    ask(world, 'Sure?');
    await settle();

    expect(world.model.last.request.messages.map(({ content }) => content)).toEqual(['Blue?', 'Yes.', 'Sure?']);
    expect([first.question.parentId, edited.question.parentId]).toEqual([null, null]);
    expect(world.messages.list(world.conversation.id)).toHaveLength(8);
  });

  test('an answer is given again as a sibling by the model that is set now', async () => {
    const world = openWorld();
    const { question, answer } = await converse(world, 'Red?', 'No.');
    world.conversations.update(world.conversation.id, { model: 'rival' });

    const again = world.messages.regenerate(world.conversation.id, answer.id);
    await settle();

    expect(again).toMatchObject({ parentId: question.id, model: 'rival', status: 'waiting', lane: 'main' });
    expect(world.model.last.request.messages.map(({ content }) => content)).toEqual(['Red?']);
    expect(world.conversations.get(world.conversation.id).leafId).toBe(again.id);
  });

  test('two models answer side by side, and each goes on from its own answers', async () => {
    const world = openWorld();
    world.conversations.update(world.conversation.id, { compareModel: 'rival' });
    ask(world, 'Red?');
    await settle();
    for (const call of world.model.requests) call.say(`I am ${call.request.model}.`).finish();
    await settle();

    ask(world, 'Again?');
    await settle();

    const told = world.model.requests.slice(2).map(({ request }) => [request.model, request.messages[1]?.content]);
    expect(told).toEqual([['guide', 'I am guide.'], ['rival', 'I am rival.']]);
  });

  test('a message is deleted with what follows, and the newest branch that is left is shown', async () => {
    const world = openWorld();
    const first = await converse(world, 'Red?', 'No.');
    const again = world.messages.regenerate(world.conversation.id, first.answer.id);
    await settle();
    world.model.last.say('Yes.').finish();
    await settle();
    const later = await converse(world, 'Sure?', 'Quite.');
    const heard = listen(world);
    await settle();

    world.messages.remove(world.conversation.id, again.id);
    await settle();

    expect(world.messages.list(world.conversation.id).map(({ content }) => content)).toEqual(['Red?', 'No.']);
    expect(world.conversations.get(world.conversation.id)).toMatchObject({ leafId: first.answer.id, messageCount: 2 });
    expect(heard.flatMap((change) => (change.kind === 'removed' ? [change.messageId] : []))).toEqual([again.id, later.question.id, later.answer.id]);
  });
});

describe('conversations', () => {
  test('are found by all words in any of them, the last one begun, and what was deleted is not', async () => {
    const world = openWorld();
    await converse(world, 'How do I cook a crème brûlée?', 'With **sugar** and a torch.');
    await converse(world, 'And a torchère?', 'That is a lamp.');
    const search = (text: string): string[] => world.conversations.search(text, 10).map(({ snippet }) => snippet.replaceAll('\u0002', '[').replaceAll('\u0003', ']'));

    const found = [search('creme COOK'), search('sug'), search('sugar lamp'), search('"; DROP TABLE messages; --'), search('torch" OR "lamp'), search('!!')];
    await world.messages.removeConversation(world.conversation.id);

    expect(found.slice(0, 3)).toEqual([['How do I [cook] a [crème] brûlée?'], ['With **[sugar]** and a torch.'], []]);
    expect(found.slice(3)).toEqual([[], [], []]);
    expect([search('sugar'), world.conversations.list()]).toEqual([[], []]);
  });

  test('one is deleted while its answer is written', async () => {
    const world = openWorld();
    ask(world, 'Tell me');
    await settle();
    world.model.last.say('Once');

    await world.messages.removeConversation(world.conversation.id);

    expect(() => world.messages.list(world.conversation.id)).toThrow(expect.objectContaining({ code: 'conversation.not_found' }));
    expect(world.opened.database.prepare('SELECT count(*) AS count FROM messages').get()).toEqual({ count: 0 });
  });

  test('one is exported as a document of what is shown, and whole as JSON', async () => {
    const world = openWorld();
    const first = await converse(world, 'Red: or blue?', 'Red.');
    await converse(world, 'Blue?', 'Blue.', { parentId: null });

    const markdown = world.messages.export(world.conversation.id, 'markdown');
    const json = JSON.parse(world.messages.export(world.conversation.id, 'json').text) as { conversation: Conversation; messages: Message[] };

    expect(markdown).toEqual({ fileName: 'Red-or-blue.md', text: '# Red: or blue?\n\n## Question\n\nBlue?\n\n## Answer by guide\n\nBlue.\n' });
    expect([json.conversation.id, json.messages.length, json.messages[0]?.id]).toEqual([world.conversation.id, 4, first.question.id]);
  });

  test('a document has the tools that were called', async () => {
    const world = openWorld();
    ask(world, 'Weather?');
    await settle();
    world.model.last.part({ kind: 'delta', toolCalls: [{ index: 0, id: 'call_1', name: 'weather', arguments: '{"city":"Oslo"}' }] }).finish('tool_calls');
    await settle();

    const { text } = world.messages.export(world.conversation.id, 'markdown');

    expect(text).toBe('# Weather?\n\n## Question\n\nWeather?\n\n## Answer by guide\n\nCalls `weather`:\n\n```json\n{"city":"Oslo"}\n```\n');
  });

  test('every change of one is announced, and the last one spoken in comes first', async () => {
    const world = openWorld();
    const other = world.conversations.create({ title: ' Other ', model: 'guide', systemPrompt: '' });
    await world.clock.advance(1_000);
    const heard: string[] = [];
    world.conversations.onDidChange((change) => { heard.push(change.kind === 'changed' ? `${change.conversation.title}:${change.conversation.messageCount}` : change.kind); });

    await converse(world, 'Hello', 'Hi.');
    world.conversations.update(other.id, { isPinned: true });
    await world.messages.removeConversation(other.id);

    expect(heard).toEqual(['Hello:2', 'Hello:2', 'Other:0', 'removed']);
    expect(world.conversations.list().map(({ title }) => title)).toEqual(['Hello']);
  });
});

describe('in a backend', () => {
  test('a question goes through the model port, its use is counted, and a port without the model says so', async () => {
    const engine = await startChatEngine({ paceMs: 1 });
    ends.push(() => engine.stop());
    const backend = await startBackend();
    ends.push(removeHomes, () => backend.stop());
    await addChatModel(backend, 'elsewhere', engine);
    const { conversations, serving } = backend.client;
    const { id } = await conversations.create({ model: 'elsewhere' });

    await conversations.send({ conversation: id, content: 'Hello' });
    const answer = await waitFor(async () => (await conversations.messages({ conversation: id })).find(({ role, status }) => role === 'assistant' && status === 'done'), { timeoutMs: 30_000, what: 'the answer' });
    const refused = conversations.send({ conversation: (await conversations.create({ model: 'nowhere' })).id, content: 'Hello' });

    expect(answer).toMatchObject({ content: 'You said: Hello (1 messages to elsewhere)', promptTokens: 7, finishReason: 'stop' });
    await expect(refused).rejects.toMatchObject({ code: 'conversation.no_model', data: { model: 'nowhere' } });
    expect((await serving.list({})).recent.map(({ model, completionTokens }) => [model, completionTokens])).toEqual([['elsewhere', answer.completionTokens]]);
  });

  test('kill -9 in the middle of an answer leaves what came', async () => {
    const engine = await startChatEngine({ paceMs: 1 });
    ends.push(() => engine.stop());
    const first = await startBackend();
    ends.push(removeHomes, () => first.kill());
    await addChatModel(first, 'elsewhere', engine);
    const { id } = await first.client.conversations.create({ model: 'elsewhere' });
    await first.client.conversations.send({ conversation: id, content: 'wait' });
    await waitFor(() => readContents(join(first.home, 'wheelhouse.db')).includes('Waiting '), { timeoutMs: 30_000, what: 'the answer to be kept' });

    await first.kill();
    const next = await startBackend({ home: first.home });
    ends.push(() => next.stop());

    const messages = await next.client.conversations.messages({ conversation: id });
    expect(messages.map(({ role, status, content }) => [role, status, content])).toEqual([['user', 'done', 'wait'], ['assistant', 'stopped', 'Waiting ']]);
  });
});

/** What stands in the database now, as a second program reads it. */
function readContents(path: string): string[] {
  const database = new SqliteDatabase(path, { readonly: true });
  try {
    return database.prepare<[], { content: string }>('SELECT content FROM messages').all().map(({ content }) => content);
  } finally {
    database.close();
  }
}
