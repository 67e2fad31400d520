import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * An engine that answers without a model. Each piece of an answer is the time at which it was written, in nanoseconds of
 * the clock that all processes share. A question says how many pieces (`max_tokens`) and how far apart (`seed`, in
 * milliseconds; 0 writes all of them at once). Prints its address on its first line and ends with its input.
 */
interface Question { readonly model: string; readonly stream?: boolean; readonly max_tokens: number; readonly seed: number }

const server = createServer((request, response) => {
  answer(request, response).catch(() => { response.destroy(); });
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'GET') { sendJson(response, { object: 'list', data: [{ id: 'paced', object: 'model', created: 0, owned_by: 'tests' }] }); return; }
  const question = JSON.parse(await readText(request)) as Question;
  if (question.stream === true) await stream(response, question);
  else sendWhole(response, question);
}

async function stream(response: ServerResponse, question: Question): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  send(response, question, { delta: { role: 'assistant', content: null }, finish_reason: null });
  for (let piece = 0; piece < question.max_tokens && !response.destroyed; piece += 1) {
    if (question.seed > 0) await delay(question.seed);
    send(response, question, { delta: { content: stamp() }, finish_reason: null });
  }
  send(response, question, { delta: {}, finish_reason: 'length' });
  response.write(`data: ${JSON.stringify({ ...toHead(question), object: 'chat.completion.chunk', choices: [], usage: toUsage(question) })}\n\n`);
  response.end('data: [DONE]\n\n');
}

function sendWhole(response: ServerResponse, question: Question): void {
  const content = Array.from({ length: question.max_tokens }, stamp).join('');
  sendJson(response, { ...toHead(question), object: 'chat.completion', choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'length' }], usage: toUsage(question) });
}

function send(response: ServerResponse, question: Question, choice: object): void {
  response.write(`data: ${JSON.stringify({ ...toHead(question), object: 'chat.completion.chunk', choices: [{ index: 0, ...choice }] })}\n\n`);
}

function toHead({ model }: Question): object {
  return { id: 'chatcmpl-paced', created: 0, model };
}

function toUsage({ max_tokens: tokens }: Question): object {
  return { prompt_tokens: 1, completion_tokens: tokens, total_tokens: tokens + 1 };
}

function stamp(): string {
  return `${process.hrtime.bigint()} `;
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function sendJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

process.stdin.resume().once('close', () => { process.exit(0); });
server.listen(0, '127.0.0.1', () => { console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`); });
