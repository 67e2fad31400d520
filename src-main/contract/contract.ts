import { alerts } from './alerts.ts';
import { apiKeys } from './apiKeys.ts';
import { blueprints } from './blueprints.ts';
import { conversations } from './conversations.ts';
import { downloads } from './downloads.ts';
import { fits } from './fits.ts';
import { gpuHistory } from './gpuHistory.ts';
import { gpus } from './gpus.ts';
import { hub } from './hub.ts';
import { instances } from './instances.ts';
import { journal } from './journal.ts';
import { leases } from './leases.ts';
import { modelConfigs } from './modelConfigs.ts';
import { models } from './models.ts';
import { runs } from './runs.ts';
import { runUsages } from './runUsage.ts';
import { serving } from './serving.ts';
import { settings } from './settings.ts';
import { system } from './system.ts';
import { terminals } from './terminals.ts';
import { usage } from './usage.ts';
import { workstation } from './workstation.ts';

/** Everything that may be asked of the backend, over every carrier. */
export const contract = { system, blueprints, instances, runs, runUsages, terminals, gpus, gpuHistory, leases, alerts, workstation, journal, settings, models, fits, hub, downloads, modelConfigs, serving, apiKeys, usage, conversations };
export type AppContract = typeof contract;
