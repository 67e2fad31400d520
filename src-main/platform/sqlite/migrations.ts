import type { Migration } from './migration.ts';
import { addJournalAndSettings } from './migrations/0001_journal_and_settings.ts';
import { addInstances } from './migrations/0002_instances.ts';

/** Every step of the schema, in order. */
export const migrations: readonly Migration[] = [addJournalAndSettings, addInstances];
