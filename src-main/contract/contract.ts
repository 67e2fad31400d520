import { alerts } from './alerts.ts';
import { blueprints } from './blueprints.ts';
import { gpuHistory } from './gpuHistory.ts';
import { gpus } from './gpus.ts';
import { instances } from './instances.ts';
import { journal } from './journal.ts';
import { leases } from './leases.ts';
import { runs } from './runs.ts';
import { runUsages } from './runUsage.ts';
import { settings } from './settings.ts';
import { system } from './system.ts';
import { terminals } from './terminals.ts';
import { workstation } from './workstation.ts';

/** Everything that may be asked of the backend, over every carrier. */
export const contract = { system, blueprints, instances, runs, runUsages, terminals, gpus, gpuHistory, leases, alerts, workstation, journal, settings };
export type AppContract = typeof contract;
