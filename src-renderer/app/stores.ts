import type { Connection } from '../client/connection.ts';
import { keepMirror } from '../client/mirror.ts';
import { createBlueprintStore, mirrorBlueprints } from '../features/blueprints/blueprintStore.ts';
import type { BlueprintStore } from '../features/blueprints/blueprintStore.ts';
import { createConversationStore, mirrorConversations } from '../features/chat/conversationStore.ts';
import type { ConversationStore } from '../features/chat/conversationStore.ts';
import { createAlertStore, mirrorAlerts } from '../features/gpus/alertStore.ts';
import type { AlertStore } from '../features/gpus/alertStore.ts';
import { createGpuStore, mirrorGpus } from '../features/gpus/gpuStore.ts';
import type { GpuStore } from '../features/gpus/gpuStore.ts';
import { createLeaseStore, mirrorLeases } from '../features/gpus/leaseStore.ts';
import type { LeaseStore } from '../features/gpus/leaseStore.ts';
import { createInstanceStore } from '../features/instances/instanceStore.ts';
import type { InstanceStore } from '../features/instances/instanceStore.ts';
import { mirrorInstances } from '../features/instances/mirrorInstances.ts';
import { createJournalStore, mirrorJournal } from '../features/journal/journalStore.ts';
import type { JournalStore } from '../features/journal/journalStore.ts';
import { createDownloadStore, mirrorDownloads } from '../features/models/downloadStore.ts';
import type { DownloadStore } from '../features/models/downloadStore.ts';
import { createModelStore, mirrorModels } from '../features/models/modelStore.ts';
import type { ModelStore } from '../features/models/modelStore.ts';
import { createRunStore, mirrorRuns } from '../features/runs/runStore.ts';
import type { RunStore } from '../features/runs/runStore.ts';
import { createRunUsageStore, mirrorRunUsages } from '../features/runs/runUsageStore.ts';
import type { RunUsageStore } from '../features/runs/runUsageStore.ts';
import { createConfigStore, mirrorConfigs } from '../features/serving/configStore.ts';
import type { ConfigStore } from '../features/serving/configStore.ts';
import { createServingStore, mirrorServing } from '../features/serving/servingStore.ts';
import type { ServingStore } from '../features/serving/servingStore.ts';
import { createSettingStore, mirrorSettings } from '../features/settings/settingStore.ts';
import type { SettingStore } from '../features/settings/settingStore.ts';
import { createTerminalStore, mirrorTerminals } from '../features/terminals/terminalStore.ts';
import type { TerminalStore } from '../features/terminals/terminalStore.ts';
import { createWorkstationStore, mirrorWorkstation } from '../features/workstation/workstationStore.ts';
import type { WorkstationStore } from '../features/workstation/workstationStore.ts';

/** One mirror of the backend's truth per noun. */
export interface Stores {
  settings: SettingStore;
  workstation: WorkstationStore;
  gpus: GpuStore;
  leases: LeaseStore;
  alerts: AlertStore;
  journal: JournalStore;
  instances: InstanceStore;
  terminals: TerminalStore;
  blueprints: BlueprintStore;
  runs: RunStore;
  runUsages: RunUsageStore;
  models: ModelStore;
  downloads: DownloadStore;
  configs: ConfigStore;
  serving: ServingStore;
  conversations: ConversationStore;
}

export function createStores(): Stores {
  return {
    settings: createSettingStore(),
    workstation: createWorkstationStore(),
    gpus: createGpuStore(),
    leases: createLeaseStore(),
    alerts: createAlertStore(),
    journal: createJournalStore(),
    instances: createInstanceStore(),
    terminals: createTerminalStore(),
    blueprints: createBlueprintStore(),
    runs: createRunStore(),
    runUsages: createRunUsageStore(),
    models: createModelStore(),
    downloads: createDownloadStore(),
    configs: createConfigStore(),
    serving: createServingStore(),
    conversations: createConversationStore(),
  };
}

/** Keeps every mirror filled over every connection. */
export function keepStores(stores: Stores, connection: Connection, report: (error: unknown) => void): void {
  keepMirror(connection, (client, signal) => mirrorSettings(stores.settings, client, signal), report);
  keepMirror(connection, (client, signal) => mirrorInstances(stores.instances, client, signal), report);
  keepMirror(connection, (client, signal) => mirrorTerminals(stores.terminals, client, signal), report);
  keepMirror(connection, (client, signal) => mirrorRuns(stores.runs, client, signal), report);
  keepMirror(connection, (client, signal) => mirrorRunUsages(stores.runUsages, client, signal), report);
  keepMirror(connection, (client, signal) => mirrorBlueprints(stores.blueprints, client, signal), report);
  keepMirror(connection, (client, signal) => mirrorGpus(stores.gpus, client, signal), report);
  keepMirror(connection, (client, signal) => mirrorLeases(stores.leases, client, signal), report);
  keepMirror(connection, (client, signal) => mirrorAlerts(stores.alerts, client, signal), report);
  keepMirror(connection, (client, signal) => mirrorWorkstation(stores.workstation, client, signal), report);
  keepMirror(connection, (client, signal) => mirrorModels(stores.models, client, signal), report);
  keepMirror(connection, (client, signal) => mirrorDownloads(stores.downloads, client, signal), report);
  keepMirror(connection, (client, signal) => mirrorConfigs(stores.configs, client, signal), report);
  keepMirror(connection, (client, signal) => mirrorServing(stores.serving, client, signal), report);
  keepMirror(connection, (client, signal) => mirrorJournal(stores.journal, client, signal), report);
  keepMirror(connection, (client, signal) => mirrorConversations(stores.conversations, client, signal), report);
}
