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
  const { blueprint, run, lastRun } = context;
  const failure = getFailure(state);
  return {
    ...settings, id: kept.id, slug: kept.slug, portSetting, folder: context.folder,
    blueprintName: blueprint?.header.name ?? null, category: blueprint?.header.category ?? null, kind: blueprint?.header.kind ?? null,
    desired, status: state.kind, health: getHealth(state), statusSinceMs: sinceMs,
    cause: failure?.cause ?? null, causeEvidence: failure?.evidence ?? null, causeSubject: failure?.subject ?? null,
    exitCode: failure?.exitCode ?? (state.kind === 'stopped' ? state.exitCode : null),
    preflight: state.kind === 'error' ? state.checks : [],
    stage: context.stage, retryAtMs: state.kind === 'backoff' ? state.retryAtMs : null, attempt,
    port: run?.ports[MAIN_PORT] ?? null, url: toInstanceUrl(state, run, blueprint), pid: run?.pid ?? null, runId: run?.id ?? null,
    terminalId: (run ?? lastRun)?.terminalId ?? null, startedAtMs: run?.readyAtMs ?? null,
    stuckPids: state.kind === 'error' ? state.stuckPids : [],
    restartNeededFor: run === null ? [] : findChanges(kept, context.runSettings),
    isInstalled: kept.installStamp !== null, createdAtMs: kept.createdAtMs, deletedAtMs: kept.deletedAtMs,
  };
}

/** The address of a started app that listens. */
function toInstanceUrl(state: LifeState, run: Run | null, blueprint: Blueprint | null): string | null {
  const port = run?.ports[MAIN_PORT];
  if (state.kind !== 'started' || port === undefined) return null;
  const isWeb = blueprint === null || blueprint.header.kind === 'webui' || blueprint.header.kind === 'server' || blueprint.header.kind === 'container';
  return isWeb ? toUrl(state.address ?? '127.0.0.1', port, blueprint?.header.url.path ?? '/') : null;
}

function findChanges({ settings }: KeptInstance, runSettings: Readonly<Record<string, unknown>>): Instance['restartNeededFor'] {
  return restartFields.filter((field) => field in runSettings && JSON.stringify(settings[field]) !== JSON.stringify(runSettings[field]));
}
