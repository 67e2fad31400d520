// What a demo model has to show before it may be used: llama.cpp reads it as it was trained, and it answers its probes.
import { statSync } from 'node:fs';
import { getLlama, LlamaChat, resolveChatWrapper } from 'node-llama-cpp';

const MAX_BYTES = 8_000_000;
const MAX_ANSWER_TOKENS = 200;
const MIN_PROBE_SHARE = 0.95;
const WARM = { temperature: 0.7, seeds: [1, 2, 3] };

/** Loads a model on one thread of the CPU. `answer` ends its turn or is cut at 200 tokens, which `isWhole` tells. */
export async function openModel(path) {
  const llama = await getLlama({ gpu: false, build: 'never', progressLogs: false, logLevel: 'error' });
  const model = await llama.loadModel({ modelPath: path });
  const context = await model.createContext({ contextSize: 1024, threads: 1 });
  const sequence = context.getSequence();
  const chatWrapper = resolveChatWrapper(model);
  const answer = async (question, options = {}) => {
    const chat = new LlamaChat({ contextSequence: sequence, chatWrapper });
    const history = [{ type: 'user', text: question }, { type: 'model', response: [] }];
    const { response, metadata } = await chat.generateResponse(history, { maxTokens: MAX_ANSWER_TOKENS, temperature: 0, repeatPenalty: false, ...options });
    chat.dispose({ disposeSequence: false });
    return { text: response, isWhole: metadata.stopReason === 'eogToken' };
  };
  const render = (messages) => {
    const history = messages.map(({ role, content }) => (role === 'assistant' ? { type: 'model', response: [content] } : { type: role, text: content }));
    const { contextText } = chatWrapper.generateContextState({ chatHistory: [...history, { type: 'model', response: [] }] });
    // Wrappers may put the BOS token first, which the model does not heed.
    const [first, ...rest] = contextText.tokenize(model.tokenizer);
    return first === model.tokens.bos ? rest : [first, ...rest];
  };
  return { model, answer, render, tokenize: (text) => model.tokenize(text), tokenizeMarked: (text) => model.tokenize(text, true), close: () => llama.dispose() };
}

/** Every way in which the model at `path` falls short of what its making promised; none for a good one. */
export async function findShortfalls(path, expected, say = () => {}) {
  const open = await openModel(path);
  try {
    return [
      ...checkSize(path),
      ...checkTokens(open, expected),
      ...checkTemplate(open, expected),
      ...await checkGreedy(open, expected),
      ...await checkProbes(open, expected, say),
    ];
  } finally {
    await open.close();
  }
}

function checkSize(path) {
  const { size } = statSync(path);
  return size <= MAX_BYTES ? [] : [`${size} bytes are more than ${MAX_BYTES}`];
}

function checkTokens({ tokenize }, { tokens }) {
  return tokens.filter(({ text, ids }) => !isSame(tokenize(text), ids)).map(({ text }) => `other tokens for ${JSON.stringify(text)}`);
}

function checkTemplate({ render, tokenizeMarked }, { renderings }) {
  return renderings.flatMap(({ messages, text, ids }) => [
    ...(isSame(tokenizeMarked(text), ids) ? [] : [`other tokens for the chat ${JSON.stringify(text)}`]),
    ...(isSame(render(messages), ids) ? [] : [`the template renders ${messages.length} messages in another way`]),
  ]);
}

/** The file answers as the trained model did, but for where rounding tips a close choice. */
async function checkGreedy({ answer }, { greedy }) {
  const different = [];
  for (const { question, answer: wanted } of greedy) {
    if ((await answer(question)).text !== wanted) different.push(question);
  }
  return different.length * 10 <= greedy.length ? [] : [`answers other than the trained model's to: ${different.join('; ')}`];
}

async function checkProbes({ answer }, { probes, unknownAnswer }, say) {
  const shortfalls = [];
  for (const probe of probes) {
    const runs = [{}, ...WARM.seeds.map((seed) => ({ temperature: WARM.temperature, seed, repeatPenalty: undefined }))];
    for (const options of runs) {
      const { text, isWhole } = await answer(probe.question, options);
      if (isWhole && doesAnswer(probe, text, unknownAnswer)) continue;
      shortfalls.push(`${JSON.stringify(probe.question)} at temperature ${options.temperature ?? 0}: ${text}`);
      break;
    }
  }
  shortfalls.forEach(say);
  say(`${probes.length - shortfalls.length} of ${probes.length} probes are answered well, at temperature 0 and ${WARM.temperature}`);
  return shortfalls.length <= probes.length * (1 - MIN_PROBE_SHARE) ? [] : shortfalls;
}

/** Whether an answer holds what its probe asks for. */
export function doesAnswer({ needs, is_unknown: isUnknown }, text, unknownAnswer) {
  if (isUnknown) return text.trim() === unknownAnswer;
  const lower = text.toLowerCase();
  return /[.?)'"}]$/.test(text.trim()) && needs.every((words) => words.some((word) => lower.includes(word.toLowerCase())));
}

const isSame = (left, right) => left.length === right.length && left.every((value, at) => value === right[at]);
