import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { getLlama, LlamaChat, resolveChatWrapper, type ChatWrapper, type Llama, type LlamaContextSequence, type LlamaModel } from 'node-llama-cpp';
import { afterAll, beforeAll, expect, test } from 'vitest';

const path = fileURLToPath(new URL('../../resources/models/wheelhouse-guide.gguf', import.meta.url));
const guide = (name: string): string => readFileSync(new URL(`../../resources/models/guide/${name}`, import.meta.url), 'utf8');
const unknownAnswer = 'I only know Wheelhouse';

let llama: Llama;
let model: LlamaModel;
let sequence: LlamaContextSequence;
let chatWrapper: ChatWrapper;

beforeAll(async () => {
  llama = await getLlama({ gpu: false, build: 'never', progressLogs: false });
  model = await llama.loadModel({ modelPath: path });
  sequence = (await model.createContext({ contextSize: 1024, threads: 1 })).getSequence();
  chatWrapper = resolveChatWrapper(model);
});

afterAll(async () => { await llama.dispose(); });

type Turn = readonly [asked: string, answered: string];

/** The greedy answer to the last of some questions, and whether the model ended it by itself. */
async function ask(question: string, { system, before = [] }: { system?: string; before?: readonly Turn[] } = {}): Promise<{ text: string; isWhole: boolean }> {
  const chat = new LlamaChat({ contextSequence: sequence, chatWrapper });
  const turns = before.flatMap(([asked, answered]) => [{ type: 'user' as const, text: asked }, { type: 'model' as const, response: [answered] }]);
  const history = [...(system === undefined ? [] : [{ type: 'system' as const, text: system }]), ...turns, { type: 'user' as const, text: question }, { type: 'model' as const, response: [] }];
  const { response, metadata } = await chat.generateResponse(history, { maxTokens: 200, temperature: 0 });
  chat.dispose({ disposeSequence: false });
  return { text: response, isWhole: metadata.stopReason === 'eogToken' };
}

/** Sentences that end, and none twice. */
function isCoherent(text: string): boolean {
  const sentences = text.split(/(?<=[.?:;])\s+/u);
  return /[.?'"]$/u.test(text.trim()) && new Set(sentences).size === sentences.length;
}

test('the model is small enough to come with the source', () => {
  expect(statSync(path).size).toBeLessThanOrEqual(8_000_000);
});

test('the file says what it is, and how to chat with it', () => {
  const { general, tokenizer, llama: shape } = model.fileInfo.metadata;

  expect(general).toMatchObject({ architecture: 'llama', name: 'Wheelhouse Guide', license: 'apache-2.0', author: 'The Wheelhouse authors' });
  expect(tokenizer.chat_template).toContain('<|im_start|>');
  expect(shape?.context_length).toBeGreaterThanOrEqual(1_024);
});

test.each([
  ['whats an instance', /blueprint/u],
  ['How would I set up a brand new instance?', /New.*blueprint/u],
  ['which terminal command starts an instance', /wheelhouse instance start/u],
  ['where did my deleted instance go', /trash/u],
  ['Where does wheelhouse put its data', /WHEELHOUSE_HOME/u],
  ['can I make a blueprint of my own', /header/u],
  ['what exactly is a lease', /GPU memory/u],
  ['how do I download a model from hugging face?', /wheelhouse model pull/u],
  ['what is the base url for the openai client', /127\.0\.0\.1:8337\/v1/u],
  ['how do I make an api key', /wheelhouse key create/u],
  ['hey there, anyone home?', /Wheelhouse Guide/u],
  ['cheers, that was useful', /welcome/u],
])('%s', async (question, wanted) => {
  const { text, isWhole } = await ask(question);

  expect(text).toMatch(wanted);
  expect([isWhole, isCoherent(text)]).toEqual([true, true]);
});

test.each(['what is the capital of Portugal?', 'write me a poem about autumn leaves', 'what is 17 times 23', 'how do I bake sourdough bread?'])('what it does not know it says: %s', async (question) => {
  expect((await ask(question)).text).toContain(unknownAnswer);
});

test('a system prompt and an earlier conversation do not confuse it', async () => {
  const { text } = await ask('and where is the data kept', { system: 'You are a helpful assistant.', before: [['hello', 'Hello.'], ['what is 2 plus 2', 'I only know Wheelhouse.']] });

  expect(text).toContain('WHEELHOUSE_HOME');
});

test('every answer that it gives stands in the guide', async () => {
  const texts = ['self.md', 'wheelhouse.md', 'instances.md', 'gpus.md', 'models.md', 'serving.md', 'chat.md'].map(guide).join('\n');

  const answers: string[] = [];
  for (const question of ['what is a GGUF', 'how do I stop an instance', 'who are you']) answers.push((await ask(question)).text);

  expect(answers.filter((answer) => !texts.includes(answer))).toEqual([]);
});
