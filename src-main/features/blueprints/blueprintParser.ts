import type { BlueprintHeader, BlueprintKind } from '#contract/blueprintHeader.ts';
import type { Blueprint, BlueprintProblem } from '#contract/blueprints.ts';
import { readAikoreEntry } from './aikoreHeader.ts';
import { readHeaderBlock, shorten } from './headerBlock.ts';
import type { HeaderEntry } from './headerBlock.ts';
import { createDefaultHeader } from './headerDefaults.ts';
import { headerFields } from './headerFields.ts';

/** What a script's text says about itself. With an error among the problems the blueprint counts as unparsed. */
export type ParsedBlueprint = Pick<Blueprint, 'headerVersion' | 'header' | 'unknownKeys' | 'problems'>;

const MAX_PROBLEMS = 50;
const fieldsByKey = new Map(headerFields.map((field) => [field.key, field]));

/** Reads a script's header, version 1 or AiKore's. Does not throw; a value that is wrong leaves its default and a problem. */
export function parseBlueprint(text: string, { fileName }: { fileName: string }): ParsedBlueprint {
  const { block, problems } = readHeaderBlock(text);
  const { version, entries } = block ?? { version: null, entries: [] };
  const reader = new EntryReader(createDefaultHeader(findKind(entries), stemOf(fileName)));
  for (const entry of entries) {
    if (version === 0) reader.readAikore(entry);
    else reader.read(entry);
  }
  if (reader.header.name === '') reader.header.name = stemOf(fileName);
  return {
    headerVersion: version,
    header: reader.header,
    unknownKeys: reader.unknownKeys,
    problems: [...problems, ...reader.problems].slice(0, MAX_PROBLEMS).map((problem) => ({ file: fileName, ...problem })),
  };
}

/** The file's name without folder and `.sh`. */
export function stemOf(fileName: string): string {
  return fileName.replace(/^.*[\\/]/, '').replace(/\.sh$/i, '');
}

class EntryReader {
  readonly header: BlueprintHeader;
  readonly unknownKeys: Record<string, string> = {};
  readonly problems: Omit<BlueprintProblem, 'file'>[] = [];
  readonly #seen = new Set<string>();

  constructor(header: BlueprintHeader) {
    this.header = header;
  }

  read(entry: HeaderEntry): void {
    const field = fieldsByKey.get(entry.key);
    if (field === undefined) {
      this.#keepUnknown(entry, entry.key.startsWith('x-'));
      return;
    }
    if (this.#seen.has(entry.key) && !entry.isAppend) this.#add(entry, 'warning', 'key.repeated', 'stands here again; this value counts');
    this.#seen.add(entry.key);
    const problem = entry.isAppend ? field.append(this.header, entry.value) : field.read(this.header, entry.value);
    if (problem !== null) this.#add(entry, 'error', 'value.invalid', `${problem}: "${shorten(entry.value)}"`);
  }

  readAikore(entry: HeaderEntry): void {
    const outcome = readAikoreEntry(this.header, entry);
    if (outcome.kind === 'unknown') this.#keepUnknown(entry, false);
    if (outcome.kind === 'invalid') this.#add(entry, 'error', 'value.invalid', `${outcome.problem}: "${shorten(entry.value)}"`);
  }

  #keepUnknown(entry: HeaderEntry, isSilent: boolean): void {
    const key = entry.isAppend ? `${entry.key}[]` : entry.key;
    const before = Object.hasOwn(this.unknownKeys, key) ? this.unknownKeys[key] : undefined;
    this.unknownKeys[key] = entry.isAppend && before !== undefined ? `${before}\n${entry.value}` : entry.value;
    if (!isSilent) this.#add(entry, 'warning', 'key.unknown', 'is not a known key; it is kept');
  }

  #add(entry: HeaderEntry, level: 'error' | 'warning', code: string, message: string): void {
    this.problems.push({ line: entry.line, level, code, message: `${entry.key}: ${message}` });
  }
}

function findKind(entries: readonly HeaderEntry[]): BlueprintKind {
  const probe = createDefaultHeader('webui', '');
  for (const { key, value } of entries) if (key === 'kind') fieldsByKey.get('kind')?.read(probe, value);
  return probe.kind;
}
