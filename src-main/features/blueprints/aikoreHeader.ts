import type { BlueprintHeader } from '#contract/blueprintHeader.ts';
import type { HeaderEntry } from './headerBlock.ts';
import { flag, freeText, oneOf, relativePath } from './headerCodecs.ts';

type Outcome = { kind: 'taken' } | { kind: 'unknown' } | { kind: 'invalid'; problem: string };

const venvType = oneOf('conda', 'python');

/** Each of AiKore's keys, and what it means here; the answer is what is wrong with the value, or null. */
const KEYS: Readonly<Record<string, (header: BlueprintHeader, value: string) => string | null>> = {
  'aikore.name': (header, value) => take(freeText.read(value), (name) => { header.name = name; }),
  'aikore.category': (header, value) => take(freeText.read(value), (category) => { header.category = category; }),
  'aikore.description': (header, value) => take(freeText.read(value), (description) => { header.description = description; }),
  'aikore.venv_type': (header, value) => take(venvType.read(value), (type) => { header.env.type = type === 'python' ? 'venv' : type; }),
  'aikore.venv_path': (header, value) => take(relativePath.read(value), (path) => { header.env.path = path; }),
  'aikore.persistent_mode': (header, value) => take(flag.read(value), (isDesktop) => { header.gui = isDesktop ? 'desktop' : 'browser'; }),
};

/** Takes one line of AiKore's block into the header. Values may stand in quotes there. */
export function readAikoreEntry(header: BlueprintHeader, { key, value }: HeaderEntry): Outcome {
  const read = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
  if (read === undefined) return { kind: 'unknown' };
  const bare = /^(["'])(.*)\1$/s.exec(value)?.[2] ?? value;
  const problem = read(header, bare);
  return problem === null ? { kind: 'taken' } : { kind: 'invalid', problem };
}

function take<T>(read: { value: T } | { problem: string }, use: (value: T) => void): string | null {
  if ('problem' in read) return read.problem;
  use(read.value);
  return null;
}
