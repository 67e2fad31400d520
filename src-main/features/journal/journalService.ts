import type { JournalEntry, JournalEvent } from '#contract/journal.ts';
import type { Clock } from '../../base/clock.ts';
import { Emitter } from '../../base/emitter.ts';
import type { JournalRepository } from './journalRepository.ts';

/** What a feature tells the journal; what is left out is null. */
export type JournalFact = Pick<JournalEntry, 'subjectKind'> & { event: JournalEvent } & Partial<Omit<JournalEntry, 'id' | 'atMs' | 'event' | 'subjectKind'>>;

const DAY_MS = 24 * 60 * 60 * 1000;

/** Keeps what happened: every change of status is a row. */
export class JournalService {
  readonly #deps: { repository: JournalRepository; clock: Clock; isReadOnly: boolean };
  readonly #didAdd = new Emitter<JournalEntry>();

  readonly onDidAdd = this.#didAdd.event;

  constructor(deps: { repository: JournalRepository; clock: Clock; isReadOnly: boolean }) {
    this.#deps = deps;
  }

  /** Writes one row and announces it. With a read-only database it is announced only. */
  record(fact: JournalFact): JournalEntry {
    const { repository, clock, isReadOnly } = this.#deps;
    const entry = { subjectId: null, subjectName: null, from: null, to: null, cause: null, details: {}, ...fact, atMs: clock.nowMs() };
    const kept = isReadOnly ? { ...entry, id: -clock.nowMs() } : repository.add(entry);
    this.#didAdd.fire(kept);
    return kept;
  }

  /** Newest first. */
  list(query: { beforeId?: number | undefined; subjectId?: string | undefined; limit: number }): JournalEntry[] {
    return this.#deps.repository.list(query);
  }

  /** Forgets rows older than this many days. */
  prune(keepDays: number): void {
    if (!this.#deps.isReadOnly) this.#deps.repository.deleteOlderThan(this.#deps.clock.nowMs() - keepDays * DAY_MS);
  }
}
