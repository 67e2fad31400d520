import type { Blueprint } from '#contract/blueprints.ts';
import { restartFields, type Instance, type InstanceStage } from '#contract/instances.ts';
import type { Run } from '#contract/runs.ts';
import type { KeptInstance } from './instanceRepository.ts';
import { getFailure, getHealth, type LifeState } from './lifeState.ts';
import { MAIN_PORT } from './portService.ts';
import { toUrl } from './readinessProbe.ts';

/** What an instance's life is shown with. */
export interface ProjectionContext {
  readonly folder: string;
  readonly blueprint: Blueprint | null;
  /** The live run, null while there is none. */
  readonly run: Run | null;
  /** The settings that the live run was started with. */
  readonly runSettings: Readonly<Record<string, unknown>>;
  readonly lastRun: Run | null;
  readonly stage: InstanceStage | null;
}

/** Shows an instance as every client sees it. */
export function toInstance(kept: KeptInstance, context: ProjectionContext): Instance {
  const { port: portSetting, ...settings } = kept.settings;
  const { life: { state, desired, sinceMs, attempt } } = kept;
  return {
    ...settings, id: kept.id, slug: kept.slug, portSetting, folder: context.folder, ...showBlueprint(context.blueprint),
    desired, status: state.kind, health: getHealth(state), statusSinceMs: sinceMs, ...showTrouble(state), ...showRun(kept, context),
    stage: context.stage, retryAtMs: state.kind === 'backoff' ? state.retryAtMs : null, attempt,
    isInstalled: kept.installStamp !== null, createdAtMs: kept.createdAtMs, deletedAtMs: kept.deletedAtMs,
  };
}

function showBlueprint(blueprint: Blueprint | null): Pick<Instance, 'blueprintName' | 'category' | 'kind'> {
  if (blueprint === null) return { blueprintName: null, category: null, kind: null };
  const { name, category, kind } = blueprint.header;
  return { blueprintName: name, category, kind };
}

function showTrouble(state: LifeState): Pick<Instance, 'cause' | 'causeEvidence' | 'causeSubject' | 'exitCode' | 'preflight' | 'stuckPids'> {
  const failure = getFailure(state);
  const { checks, stuckPids } = state.kind === 'error' ? state : { checks: [], stuckPids: [] };
  const exitCode = state.kind === 'stopped' ? state.exitCode : failure?.exitCode ?? null;
  if (failure === null) return { cause: null, causeEvidence: null, causeSubject: null, exitCode, preflight: checks, stuckPids };
  return { cause: failure.cause, causeEvidence: failure.evidence, causeSubject: failure.subject, exitCode, preflight: checks, stuckPids };
}

function showRun(kept: KeptInstance, { run, lastRun, runSettings, blueprint }: ProjectionContext): Pick<Instance, 'port' | 'url' | 'pid' | 'runId' | 'terminalId' | 'startedAtMs' | 'restartNeededFor'> {
  if (run === null) return { port: null, url: null, pid: null, runId: null, terminalId: lastRun?.terminalId ?? null, startedAtMs: null, restartNeededFor: [] };
  const port = run.ports[MAIN_PORT] ?? null;
  return {
    port, url: port === null ? null : toInstanceUrl(kept.life.state, port, blueprint), pid: run.pid, runId: run.id, terminalId: run.terminalId,
    startedAtMs: run.readyAtMs, restartNeededFor: findChanges(kept, runSettings),
  };
}

/** The address of a started app that listens. */
function toInstanceUrl(state: LifeState, port: number, blueprint: Blueprint | null): string | null {
  if (state.kind !== 'started') return null;
  const { kind, url } = blueprint?.header ?? { kind: 'webui', url: { path: '/' } };
  return WITH_ADDRESS.has(kind) ? toUrl(state.address ?? '127.0.0.1', port, url.path) : null;
}

/** Kinds that one looks at through their port. */
const WITH_ADDRESS: ReadonlySet<string> = new Set(['webui', 'server', 'container']);

function findChanges({ settings }: KeptInstance, runSettings: Readonly<Record<string, unknown>>): Instance['restartNeededFor'] {
  return restartFields.filter((field) => field in runSettings && JSON.stringify(settings[field]) !== JSON.stringify(runSettings[field]));
}
