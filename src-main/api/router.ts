import type { BlueprintService } from '../features/blueprints/index.ts';
import type { ConversationService, MessageService } from '../features/chat/index.ts';
import type { DownloadService } from '../features/downloads/index.ts';
import type { AlertService, GpuSampler, HistoryService, LeaseService } from '../features/gpus/index.ts';
import type { InstanceService } from '../features/instances/index.ts';
import type { FitCalls, HubService } from '../features/models/index.ts';
import type { JournalService } from '../features/journal/index.ts';
import type { RunService } from '../features/runs/index.ts';
import type { ApiKeyService, ConfigService, ServingService, UsageLedger } from '../features/serving/index.ts';
import type { SettingsService } from '../features/settings/index.ts';
import type { SystemService } from '../features/system/index.ts';
import type { TerminalService } from '../features/terminals/index.ts';
import type { RunUsageSampler, WorkstationSampler } from '../features/workstation/index.ts';
import { alertHandlers } from './alerts.ts';
import { api } from './api.ts';
import { apiKeyHandlers } from './apiKeys.ts';
import { blueprintHandlers } from './blueprints.ts';
import { conversationHandlers } from './conversations.ts';
import { downloadHandlers } from './downloads.ts';
import { fitHandlers } from './fits.ts';
import { gpuHistoryHandlers } from './gpuHistory.ts';
import { gpuHandlers } from './gpus.ts';
import { hubHandlers } from './hub.ts';
import { instanceHandlers } from './instances.ts';
import { journalHandlers } from './journal.ts';
import { leaseHandlers } from './leases.ts';
import { modelConfigHandlers } from './modelConfigs.ts';
import { modelHandlers, type ModelCalls } from './models.ts';
import { runHandlers } from './runs.ts';
import { runUsageHandlers } from './runUsages.ts';
import { servingHandlers } from './serving.ts';
import { settingsHandlers } from './settings.ts';
import { systemHandlers } from './system.ts';
import { terminalHandlers } from './terminals.ts';
import { usageHandlers } from './usage.ts';
import { workstationHandlers } from './workstation.ts';

/** The features that the contract is bound to. */
export interface Features {
  system: SystemService;
  blueprints: BlueprintService;
  instances: InstanceService;
  runs: RunService;
  runUsages: RunUsageSampler;
  terminals: TerminalService;
  gpus: GpuSampler;
  gpuHistory: HistoryService;
  leases: LeaseService;
  alerts: AlertService;
  workstation: WorkstationSampler;
  journal: JournalService;
  settings: SettingsService;
  models: ModelCalls;
  fits: FitCalls;
  hub: HubService;
  downloads: DownloadService;
  modelConfigs: ConfigService;
  serving: ServingService;
  apiKeys: ApiKeyService;
  usage: UsageLedger;
  conversations: ConversationService;
  messages: MessageService;
}

/** Binds every declared call to its feature; does not compile until all are there. */
export function createRouter(features: Features) {
  return api.router({
    system: systemHandlers(api.system, features.system),
    blueprints: blueprintHandlers(api.blueprints, features.blueprints),
    instances: instanceHandlers(api.instances, features.instances),
    runs: runHandlers(api.runs, features.runs),
    runUsages: runUsageHandlers(api.runUsages, features.runUsages),
    terminals: terminalHandlers(api.terminals, features.terminals),
    gpus: gpuHandlers(api.gpus, features.gpus),
    gpuHistory: gpuHistoryHandlers(api.gpuHistory, features.gpuHistory),
    leases: leaseHandlers(api.leases, features.leases),
    alerts: alertHandlers(api.alerts, features.alerts),
    workstation: workstationHandlers(api.workstation, features.workstation),
    journal: journalHandlers(api.journal, features.journal),
    settings: settingsHandlers(api.settings, features.settings),
    models: modelHandlers(api.models, features.models),
    fits: fitHandlers(api.fits, features.fits),
    hub: hubHandlers(api.hub, features.hub),
    downloads: downloadHandlers(api.downloads, features.downloads),
    modelConfigs: modelConfigHandlers(api.modelConfigs, features.modelConfigs),
    serving: servingHandlers(api.serving, features.serving),
    apiKeys: apiKeyHandlers(api.apiKeys, features.apiKeys),
    usage: usageHandlers(api.usage, features.usage),
    conversations: conversationHandlers(api.conversations, features),
  });
}
export type AppRouter = ReturnType<typeof createRouter>;
