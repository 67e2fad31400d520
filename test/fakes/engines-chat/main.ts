import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * An engine that speaks OpenAI's protocol and answers without a model. The last question says what: `repeat 500 words`,
 * `think`, `fail`, `fail for <model>`, `break`, `wait` (writes one word and then waits), `call` (calls a tool), `markdown`;
 * anything else is said back. The pace is `--pace=<milliseconds between pieces>`; `--answers=<JSON file>` has answers by the
 * last line of their question, and where it has `<question> @<model>`, those of that model. Prints its address on its first line.
 */
const paceMs = Number(/--pace=(\d+)/.exec(process.argv.join(' '))?.[1] ?? 2);

interface Answer { readonly thinking?: string; readonly text?: string; readonly call?: { readonly name: string; readonly arguments: string } }

const answersPath = /--answers=(\S+)/.exec(process.argv.join(' '))?.[1];
const scripted = answersPath === undefined ? {} : JSON.parse(readFileSync(answersPath, 'utf8')) as Record<string, Answer>;

const MARKDOWN = `# A heading

Some **bold** words, some \`code\` and [a link](https://example.org/docs).

\`\`\`python
def turn(wheel: int) -> str:
    """Turns it."""
    return "round " * wheel  # and round
\`\`\`

| Part | Count |
| --- | ---: |
| Spoke | 32 |
| Rim | 1 |

1. First
2. Second

- [x] done
- [ ] open

<script>document.title = 'owned'</script>

> Said by others.
`;

interface Question { messages: { role: string; content: unknown }[]; model: string; stream?: boolean }

const server = createServer((request, response) => {
  answer(request, response).catch(() => { response.destroy(); });
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url?.endsWith('/models') === true) { sendJson(response, 200, { object: 'list', data: [{ id: 'stand-in', object: 'model', created: 0, owned_by: 'tests' }] }); return; }
  if (request.url?.endsWith('/chat/completions') !== true) { sendJson(response, 200, { status: 'ok' }); return; }
  const asked = JSON.parse(await readText(request)) as Question;
  const question = toText(asked.messages.at(-1)?.content);
  const culprit = /^fail(?: for (\S+))?/.exec(question);
  if (culprit !== null && (culprit[1] ?? asked.model) === asked.model) { sendJson(response, 500, { error: { message: 'The stand-in was told to fail.', type: 'server_error', param: null, code: 'engine_failed' } }); return; }
  await stream(response, asked, question);
}

async function stream(response: ServerResponse, asked: Question, question: string): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  let count = 0;
  const say = async (delta: Record<string, unknown>): Promise<void> => {
    count += 1;
    send(response, { choices: [{ index: 0, delta, finish_reason: null }], usage: null }, asked.model);
    if (paceMs > 0) await delay(paceMs);
  };
  const told = findAnswer(question, asked.model);
  for (const delta of toDeltas(told, told.text === undefined ? toPieces(question, asked) : toWords(told.text))) {
    if (response.destroyed) return;
    await say(delta);
  }
  if (question.startsWith('wait')) return;
  if (question.startsWith('break')) { response.destroy(); return; }
  send(response, { choices: [{ index: 0, delta: {}, finish_reason: told.call === undefined ? 'stop' : 'tool_calls' }], usage: null }, asked.model);
  send(response, { choices: [], usage: { prompt_tokens: 7, completion_tokens: count, total_tokens: count + 7 } }, asked.model);
  response.end('data: [DONE]\n\n');
}

/** What is said beside the pieces of the answer, or in their place. */
function findAnswer(question: string, model: string): Answer {
  const line = question.split('\n').at(-1) ?? '';
  const own = scripted[`${line} @${model}`] ?? scripted[line];
  if (own !== undefined) return { text: '', ...own };
  if (question.startsWith('think')) return { thinking: 'Hm, let me see.' };
  return question.startsWith('call') ? { call: { name: 'get_weather', arguments: '{"city":"Bergen"}' }, text: '' } : {};
}

function toDeltas({ thinking = '', call }: Answer, pieces: readonly string[]): Record<string, unknown>[] {
  const calls = call === undefined ? [] : [{ index: 0, id: 'call_1', type: 'function', function: { name: call.name, arguments: '' } }, ...toWords(call.arguments).map((text) => ({ index: 0, function: { arguments: text } }))];
  return [{ role: 'assistant', content: '' }, ...toWords(thinking).map((word) => ({ reasoning_content: word })), ...calls.map((one) => ({ tool_calls: [one] })), ...pieces.map((content) => ({ content }))];
}

const toWords = (text: string): string[] => (text === '' ? [] : text.split(/(?<= )/));

function toPieces(question: string, asked: Question): string[] {
  const words = Number(/^repeat (\d+) words/.exec(question)?.[1] ?? 0);
  if (words > 0) return Array.from({ length: words }, (_, index) => (index % 40 === 39 ? `word${index}.\n\n` : `word${index} `));
  if (question.startsWith('markdown')) return MARKDOWN.match(/[^]{1,7}/g) ?? [];
  if (question.startsWith('wait')) return ['Waiting '];
  const said = `You said: ${question} (${asked.messages.length} messages to ${asked.model})`;
  return said.split(/(?<= )/);
}

function send(response: ServerResponse, chunk: Record<string, unknown>, model: string): void {
  response.write(`data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 0, model, ...chunk })}\n\n`);
}

function toText(content: unknown): string {
  if (typeof content === 'string') return content;
  return Array.isArray(content) ? content.map((part: { text?: string }) => part.text ?? '').join('') : '';
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

server.listen(0, '127.0.0.1', () => { console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`); });
