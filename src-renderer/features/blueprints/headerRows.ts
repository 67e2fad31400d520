import type { BlueprintHeader } from '#contract/blueprintHeader.ts';

/** One line of a header, with the key as it stands in a script. */
export interface HeaderRow { key: string; value: string }

const shownElsewhere = new Set(['name', 'description', 'icon']);

/** What a header says, defaults filled in, without what is empty. */
export function toHeaderRows(header: BlueprintHeader): HeaderRow[] {
  return Object.entries(header).filter(([key]) => !shownElsewhere.has(key)).flatMap(([key, value]) => toRows(toScriptKey(key), value));
}

function toRows(key: string, value: unknown): HeaderRow[] {
  if (isPlain(value) && !('from' in value)) return Object.entries(value).flatMap(([name, inner]) => toRows(`${key}.${toScriptKey(name)}`, inner));
  const text = toText(value);
  return text === '' ? [] : [{ key, value: text }];
}

function toText(value: unknown): string {
  if (Array.isArray(value)) return value.map(toText).filter(Boolean).join(', ');
  if (isPlain(value)) return toCompound(value);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** The few values that are more than a word: a range, a step of stopping, a link, an option. */
function toCompound(value: Record<string, unknown>): string {
  if ('from' in value) return value['from'] === value['to'] ? toText(value['from']) : `${toText(value['from'])}-${toText(value['to'])}`;
  if ('signal' in value) return [value['signal'], value['waitSeconds']].map(toText).filter(Boolean).join(':');
  return Object.values(value).map(toText).filter(Boolean).join(':');
}

function toScriptKey(name: string): string {
  return name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`).replace(/_seconds$/, '_s');
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
