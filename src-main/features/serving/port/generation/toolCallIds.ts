import { asNumber, asObject, asString, type JsonObject } from '../json.ts';

/** Sees to it that each tool call of a choice has one id, said once, whatever the engine says later. */
export class ToolCallIds {
  readonly #ids = new Map<string, string>();
  readonly #createId: () => string;

  constructor(createId: () => string) {
    this.#createId = createId;
  }

  /** `position` stands for the index where the engine leaves it out. */
  normalise(call: JsonObject, choice: number, position: number): JsonObject {
    const index = asNumber(call['index']) ?? position;
    const key = `${choice} ${index}`;
    const known = this.#ids.get(key);
    const { name: named, arguments: given } = asObject(call['function']);
    const name = asString(named);
    const text = given === undefined ? undefined : typeof given === 'string' ? given : JSON.stringify(given);
    const details = { ...(name !== null && name !== '' && { name }), arguments: text ?? '' };
    if (known !== undefined) return { index, function: details };
    const told = asString(call['id']);
    const id = told === null || told === '' ? this.#createId() : told;
    this.#ids.set(key, id);
    return { index, id, type: 'function', function: details };
  }
}
