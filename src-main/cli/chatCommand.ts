import { createInterface, type Interface } from 'node:readline';
import type { Command } from 'commander';
import type { Message } from '#contract/conversations.ts';
import { withBackend, type Session } from './session.ts';

export function addChatCommand(program: Command): void {
  program.command('chat <model> [question...]').description('ask one question, or talk until an empty line or Ctrl+D; questions may come from a pipe, one a line').option('--system <text>', 'system prompt', '').action(chat);
}

/** What a shell expects of a program that Ctrl+C ended. */
const INTERRUPTED = 130;
/** A backend that does not answer keeps nobody longer after Ctrl+C. */
const STOP_MS = 3_000;

async function chat(model: string, question: string[], options: { system: string }, command: Command): Promise<void> {
  await withBackend(command, async ({ client, output }) => {
    const talk = new Talk(client, { model, systemPrompt: options.system });
    const answer = async (text: string): Promise<void> => { const message = await talk.ask(text, !output.isJson); if (output.isJson) output.print(message, () => []); };
    if (question.length > 0) await untilInterrupted(talk, null, () => answer(question.join(' ')));
    else await converse(talk, answer);
  });
}

/** Asks line by line. What is typed or comes while an answer is written is asked next. */
async function converse(talk: Talk, answer: (text: string) => Promise<void>): Promise<void> {
  const { isTTY } = process.stdin;
  const terminal = createInterface({ input: process.stdin, prompt: '> ', ...(isTTY && { output: process.stderr, terminal: true }) });
  const prompt = (): void => { if (isTTY) terminal.prompt(); };
  await untilInterrupted(talk, terminal, async () => {
    prompt();
    for await (const text of terminal) {
      if (text.trim() === '') return;
      await answer(text);
      if (talk.isInterrupted()) return;
      prompt();
    }
    // Left at the prompt, whose line has no end.
    if (isTTY) process.stderr.write('\n');
  });
  terminal.close();
}

/** Runs until its end or until Ctrl+C, which ends the answer that is being written before the command. */
async function untilInterrupted(talk: Talk, terminal: Interface | null, run: () => Promise<void>): Promise<void> {
  const interrupt = (): void => {
    if (talk.isInterrupted()) return;
    process.exitCode = INTERRUPTED;
    setTimeout(() => { process.exit(INTERRUPTED); }, STOP_MS).unref();
    talk.interrupt().catch(() => { process.exit(INTERRUPTED); });
    terminal?.close();
  };
  // A terminal that reads lines takes Ctrl+C as a key.
  process.on('SIGINT', interrupt);
  terminal?.on('SIGINT', interrupt);
  try {
    await run();
  } finally {
    process.off('SIGINT', interrupt);
  }
}

/** One conversation, which begins with its first question. */
class Talk {
  readonly #client: Session['client'];
  readonly #settings: { readonly model: string; readonly systemPrompt: string };
  #conversation: string | null = null;
  #isInterrupted = false;

  constructor(client: Session['client'], settings: { model: string; systemPrompt: string }) {
    this.#client = client;
    this.#settings = settings;
  }

  isInterrupted(): boolean {
    return this.#isInterrupted;
  }

  /** Asks and prints the answer as it comes. @throws Error with the answer's problem. */
  async ask(content: string, isPrinting: boolean): Promise<Message> {
    const conversation = this.#conversation ?? (await this.#client.conversations.create(this.#settings)).id;
    const stream = await this.#client.conversations.follow({ conversation });
    const answer = await this.#send(conversation, content);
    this.#conversation = conversation;
    if (this.isInterrupted()) await this.#client.conversations.stop({ conversation });
    let printed = '';
    const print = (text: string): void => { printed += text; if (isPrinting) process.stdout.write(text); };
    for await (const change of stream) {
      if (change.kind === 'delta' && change.messageId === answer.id) print(change.content);
      if (change.kind !== 'message' || change.message.id !== answer.id) continue;
      print(change.message.content.slice(printed.length));
      if (!isEnded(change.message)) continue;
      if (isPrinting) process.stdout.write('\n');
      return change.message;
    }
    throw new Error('The connection ended before the answer.');
  }

  /** Ends what is being written; what came stays. */
  async interrupt(): Promise<void> {
    this.#isInterrupted = true;
    if (this.#conversation !== null) await this.#client.conversations.stop({ conversation: this.#conversation });
  }

  /** The answer that is now being written. A conversation in which nothing could be asked is not kept. */
  async #send(conversation: string, content: string): Promise<Message> {
    try {
      const [, answer] = await this.#client.conversations.send({ conversation, content });
      if (answer === undefined) throw new Error('The backend gave no answer.');
      return answer;
    } catch (error) {
      if (this.#conversation === null) await this.#client.conversations.remove({ conversation });
      throw error;
    }
  }
}

function isEnded({ status, problem }: Message): boolean {
  if (status === 'failed') throw new Error(problem ?? 'The answer failed.');
  return status === 'done' || status === 'stopped';
}
