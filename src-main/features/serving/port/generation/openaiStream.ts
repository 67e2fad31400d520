import { invariant } from '../../../../base/invariant.ts';
import { toErrorBody } from '../errorBodies.ts';
import { asObject, asObjects, type JsonObject } from '../json.ts';
import type { PortProblem } from '../portError.ts';
import { COMMENT, EVENT_STREAM, type Answer } from './answer.ts';
import { splitAround } from './repeatedPiece.ts';

/** Server-sent events as OpenAI's clients read them. Usage is told only to those who ask for it. */
export class OpenAiStream implements Answer {
  readonly isStream = true;
  readonly contentType = EVENT_STREAM;
  readonly keepAlive = COMMENT;
  readonly #isUsageWanted: boolean;
  #last: JsonObject = {};
  #lastFrame: { readonly before: string; readonly after: string } | null = null;

  constructor({ isUsageWanted }: { isUsageWanted: boolean }) {
    this.#isUsageWanted = isUsageWanted;
  }

  open(): string {
    return '';
  }

  add(chunk: JsonObject): string {
    this.#last = chunk;
    this.#lastFrame = null;
    return toEvent(this.#isUsageWanted ? { ...chunk, usage: null } : chunk);
  }

  addWords(words: string): string {
    this.#lastFrame ??= this.#findFrame();
    return `${this.#lastFrame.before}${words}${this.#lastFrame.after}`;
  }

  end(usage: JsonObject): string {
    const { timings: _timings, ...last } = this.#last;
    return `${this.#isUsageWanted ? toEvent({ ...last, choices: [], usage }) : ''}data: [DONE]\n\n`;
  }

  /** What stands around the words of the last piece. */
  #findFrame(): { before: string; after: string } {
    const [choice = {}] = asObjects(this.#last['choices']);
    const field = 'delta' in choice ? 'content' : 'text';
    const words = JSON.stringify(asObject(choice['delta'] ?? choice)[field]).slice(1, -1);
    const frame = splitAround(this.add(this.#last), field, words);
    invariant(frame !== null, 'a piece that is repeated has words');
    return frame;
  }

  fail(problem: PortProblem): string {
    return toEvent(toErrorBody(problem, 'openai', ''));
  }
}

function toEvent(value: JsonObject): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}
