import type { Migration } from './migration.ts';
import { addJournalAndSettings } from './migrations/0001_journal_and_settings.ts';
import { addInstances } from './migrations/0002_instances.ts';
import { addGpuHistory } from './migrations/0003_gpu_history.ts';
import { addModels } from './migrations/0004_models.ts';
import { addDownloads } from './migrations/0005_downloads.ts';
import { addModelConfigs } from './migrations/0006_model_configs.ts';
import { addKeysAndUsage } from './migrations/0007_keys_and_usage.ts';
import { addConversations } from './migrations/0008_conversations.ts';
import { addUsageStopped } from './migrations/0009_usage_stopped.ts';

/** Every step of the schema, in order. */
export const migrations: readonly Migration[] = [addJournalAndSettings, addInstances, addGpuHistory, addModels, addDownloads, addModelConfigs, addKeysAndUsage, addConversations, addUsageStopped];
