import type { Migration } from './migration.ts';
import { addJournalAndSettings } from './migrations/0001_journal_and_settings.ts';
import { addInstances } from './migrations/0002_instances.ts';
import { addGpuHistory } from './migrations/0003_gpu_history.ts';
import { addDownloads } from './migrations/0005_downloads.ts';
import { addModelConfigs } from './migrations/0006_model_configs.ts';
import { addConversations } from './migrations/0008_conversations.ts';

/** Every step of the schema, in order. */
export const migrations: readonly Migration[] = [addJournalAndSettings, addInstances, addGpuHistory, addDownloads, addModelConfigs, addConversations];
