import { toErrorBody } from '../errorBodies.ts';
import type { JsonObject } from '../json.ts';
import type { PortProblem } from '../portError.ts';
import { COMMENT, EVENT_STREAM, type Answer } from './answer.ts';

/** Server-sent events as OpenAI's clients read them. Usage is told only to those who ask for it. */
export class OpenAiStream implements Answer {
  readonly isStream = true;
  readonly contentType = EVENT_STREAM;
  readonly keepAlive = COMMENT;
  readonly #isUsageWanted: boolean;
  #last: JsonObject = {};

  constructor({ isUsageWanted }: { isUsageWanted: boolean }) {
    this.#isUsageWanted = isUsageWanted;
  }

  open(): string {
    return '';
  }

  add(chunk: JsonObject): string {
    this.#last = chunk;
    return toEvent(this.#isUsageWanted ? { ...chunk, usage: null } : chunk);
  }

  end(usage: JsonObject): string {
    const { timings: _timings, ...last } = this.#last;
    return `${this.#isUsageWanted ? toEvent({ ...last, choices: [], usage }) : ''}data: [DONE]\n\n`;
  }

  fail(problem: PortProblem): string {
    return toEvent(toErrorBody(problem, 'openai', ''));
  }
}

function toEvent(value: JsonObject): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}
