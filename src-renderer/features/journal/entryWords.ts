import type { TFunction } from 'i18next';
import type { JournalEntry } from '#contract/journal.ts';

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
    cause: entry.cause === null ? null : t(`instances.cause.${entry.cause}.word`, { defaultValue: entry.cause }),
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

function toValue(value: string | null, { event }: JournalEntry, t: TFunction): string | null {
  if (value === null) return null;
  return event === 'instance.status' ? t(`instances.status.${value}`, { defaultValue: value }) : value;
}

function toDetails(details: JournalEntry['details']): string {
  return Object.entries(details)
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' · ');
}
