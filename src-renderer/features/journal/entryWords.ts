import type { TFunction } from 'i18next';
import type { JournalEntry } from '#contract/journal.ts';
import { formatAbsolute, formatBytes, formatDuration } from '../../base/format.ts';

/** What an entry says, each cell on its own. */
export interface EntryWords {
  event: string;
  subject: string;
  from: string | null;
  to: string | null;
  cause: string | null;
  details: string;
}

/** An event, status or cause that has no words yet is shown as it is. */
export function toEntryWords(entry: JournalEntry, t: TFunction): EntryWords {
  return {
    event: t(`journal.event.${entry.event.replaceAll('.', '_')}`, { defaultValue: entry.event }),
    subject: toSubject(entry, t),
    from: toValue(entry.from, entry, t),
    to: toValue(entry.to, entry, t),
    cause: entry.cause === null ? null : toCause(entry.cause, entry, t),
    details: toDetails(entry.details),
  };
}

export function toSearchText(entry: JournalEntry, t: TFunction): string {
  const { event, subject, from, to, cause, details } = toEntryWords(entry, t);
  return [event, entry.event, subject, from, to, cause, entry.cause, details].filter(Boolean).join(' ');
}

function toSubject(entry: JournalEntry, t: TFunction): string {
  if (entry.subjectKind === 'setting' && entry.subjectId !== null) return t(`settings.key.${entry.subjectId}.label`, { defaultValue: entry.subjectId });
  return entry.subjectName ?? entry.subjectId ?? t(`journal.subject.${entry.subjectKind}`);
}

/** What went wrong with an instance has words of its own. */
function toCause(cause: string, { subjectKind }: JournalEntry, t: TFunction): string {
  return t([`journal.cause.${subjectKind}.${cause}`, `instances.cause.${cause}.word`], { defaultValue: cause });
}

/** Where the words of a value stand. */
const valueKeys: Readonly<Record<string, string>> = {
  'alert.raised': 'gpus.alert.kind', 'alert.cleared': 'gpus.alert.kind', 'instance.status': 'instances.status', 'instance.health': 'instances.health', 'model.status': 'models.status', 'model.health': 'models.health', 'model.quarantined': 'models.health',
  'download.status': 'models.downloads.status', 'engine.loaded': 'serving.state', 'engine.unloaded': 'serving.state', 'engine.failed': 'serving.state', 'engine.crashed': 'serving.state',
};

function toValue(value: string | null, { event, subjectId }: JournalEntry, t: TFunction): string | null {
  if (value === null) return null;
  if (event === 'setting.changed') return toSettingValue(value, subjectId ?? '', t);
  const key = valueKeys[event];
  return key === undefined ? value : t(`${key}.${value}`, { defaultValue: value });
}

/** A setting's value stands in the journal as JSON. */
function toSettingValue(json: string, key: string, t: TFunction): string {
  const text = json.replace(/^"(.*)"$/, '$1');
  if (text === 'null' || text === '') return t('settings.unset');
  return t(`settings.key.${key}.option.${text}`, { defaultValue: text });
}

function toDetails(details: JournalEntry['details']): string {
  return Object.entries(details)
    .filter(([name, value]) => value !== null && value !== '' && !(name === 'attempt' && value === 0))
    .map(([name, value]) => toDetail(name, value))
    .join(' · ');
}

/** `readyAfterMs: 362` reads `ready after 362 ms`: the unit that a name ends with is said with its number. */
function toDetail(name: string, value: unknown): string {
  const words = name.replace(/(Ms|Bytes)$/, '').replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return `${words} ${typeof value === 'number' ? formatQuantity(name, value) : toText(value)}`;
}

function formatQuantity(name: string, value: number): string {
  if (name.endsWith('AtMs')) return formatAbsolute(value);
  if (name.endsWith('Ms')) return formatDuration(value);
  return name.endsWith('Bytes') ? formatBytes(value) : String(value);
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
