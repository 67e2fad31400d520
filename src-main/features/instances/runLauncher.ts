import { hasCode, type AppError } from '#contract/errors.ts';
import type { Blueprint } from '#contract/blueprints.ts';
import type { InstanceId } from '#contract/ids.ts';
import { restartFields } from '#contract/instances.ts';
import type { Run } from '#contract/runs.ts';
import { createDefaultHeader } from '../blueprints/index.ts';
import type { HeldLease } from '../gpus/index.ts';
import { createScriptEnvironment } from './environmentPolicy.ts';
import { ensureInstanceFolders, getInstancePaths } from './instanceFolder.ts';
import { ensureLinks, LinkRefused, listInstanceLinks } from './instanceLinks.ts';
import type { KeptInstance } from './instanceRepository.ts';
import { createFailure, type Failure } from './lifeState.ts';
import type { StartPhase, StartPlan } from './startPreparation.ts';
import { endTree, type StopOutcome } from './stopSequence.ts';
import { toRoot } from './runWatch.ts';
import type { InstancePlaces, SupervisorDeps } from './supervisorDeps.ts';

const BYTES_PER_MIB = 1024 * 1024;
const KEPT_TERMINALS = 2;
const TERMINAL_SIZE = { columns: 120, rows: 30 };

/** Starts scripts: folders first, then the run's record, then its process. */
export class RunLauncher {
  readonly #deps: SupervisorDeps;

  constructor(deps: SupervisorDeps) {
    this.#deps = deps;
  }

  /**
   * Starts `bash <script>` in a terminal, in the instance's folder.
   * @throws LinkRefused, folder.not_writable, terminal.host_unavailable, or what the terminal host says; the record may be written by then.
   */
  async launch(kept: KeptInstance, { blueprint, ports, lease: { gpu } }: StartPlan, { runId, phase }: { runId: Run['id']; phase: StartPhase }): Promise<Run> {
    const { machine: { host, processes }, records, places } = this.#deps;
    const { settings } = kept;
    const paths = getInstancePaths(places.instances, kept);
    await ensureInstanceFolders(paths, { file: blueprint.header.args.file, text: settings.launchArgs });
    await ensureLinks(paths.folder, listInstanceLinks(this.#deps, kept, blueprint.header));
    await host.ensureStarted();
    const self = await processes.readIdentity(process.pid);
    const run = records.runs.open({
      id: runId, instanceId: kept.id, instanceName: settings.name, phase: phase === 'install' ? 'install' : 'run', blueprintId: blueprint.id,
      scriptSha256: blueprint.sha256, bootId: self?.bootId ?? '', ports: { ...ports }, gpuIds: listGpus(gpu, settings),
      settings: Object.fromEntries(restartFields.map((field) => [field, settings[field]])), secretNames: blueprint.header.secrets,
    });
    const env = { ...createRunEnvironment(places, kept, blueprint, { runId, ports }), ...this.#gpuEnvironment(gpu, blueprint) };
    gpu?.ownMark(runId);
    const { pid } = await host.spawn({
      terminalId: run.terminalId, command: 'bash', args: [blueprint.path, ...verbOf(phase, blueprint.header.verbs)], cwd: paths.folder, env, ...TERMINAL_SIZE, logPath: run.logPath, mark: runId,
    });
    try {
      const identity = await processes.readIdentity(pid);
      this.#deps.machine.log.info('run.started', { runId, instanceId: kept.id, pid, phase });
      return records.runs.update(runId, { pid, startToken: identity?.startToken ?? null, processGroup: pid });
    } catch (error) {
      // Its record could not be completed: nothing would look after it.
      await this.end(kept, blueprint, { ...run, pid });
      throw error;
    }
  }

  #gpuEnvironment(gpu: HeldLease | null, { header }: Blueprint): Record<string, string> {
    if (gpu === null) return {};
    const bookedBytes = (header.requires.vramMib ?? 0) * BYTES_PER_MIB;
    return { ...gpu.environment, ...this.#deps.shared.gpuSharing.environmentOf(gpu.gpuIds, bookedBytes) };
  }

  /** Ends a run's process tree and proves it. Without its blueprint the usual signals are sent. */
  end(kept: KeptInstance, blueprint: Blueprint | null, run: Run): Promise<StopOutcome> {
    const { machine, places } = this.#deps;
    const { folder } = getInstancePaths(places.instances, kept);
    const environment = blueprint === null ? {} : createRunEnvironment(places, kept, blueprint, { runId: run.id, ports: run.ports });
    const rules = (blueprint?.header ?? createDefaultHeader('webui', '')).stop;
    const ports = run.endedAtMs === null ? Object.values(run.ports) : [];
    return endTree({ root: toRoot(run), ports, rules, hadPort: run.readyAtMs !== null, folder, environment }, machine);
  }

  /** The last terminals of an instance stay to be read; the host would keep every older one for ever. */
  async forgetOldTerminals(instanceId: InstanceId): Promise<void> {
    const { records, machine: { host, log } } = this.#deps;
    const runs = records.runs.list({ instance: instanceId, limit: KEPT_TERMINALS + 8 });
    for (const { terminalId } of runs.slice(KEPT_TERMINALS).filter(({ endedAtMs }) => endedAtMs !== null)) {
      await host.forget(terminalId).catch((error: unknown) => { log.debug('terminal.forgotten_before', { terminalId, error }); });
    }
  }
}

/** The GPUs that a run sees: those of its lease, else those that were chosen. */
function listGpus(gpu: HeldLease | null, { gpuIds }: KeptInstance['settings']): string[] {
  return [...(gpu?.gpuIds ?? gpuIds ?? [])];
}

/** The environment of one run of a script. */
function createRunEnvironment(places: InstancePlaces, { id, slug, folderName, settings }: KeptInstance, blueprint: Blueprint, { runId, ports }: { runId: string; ports: Readonly<Record<string, number>> }): Record<string, string> {
  return createScriptEnvironment({
    base: places.environment, versions: places.versions, header: blueprint.header, settings, instanceId: id, slug, blueprintStem: blueprint.stem, runId, ports,
    paths: { ...getInstancePaths(places.instances, { folderName, settings }), blueprintLib: places.blueprintLib },
  });
}

/** Why a launch failed, as the instance shows it. */
export function toLaunchFailure(error: unknown): Failure {
  if (error instanceof LinkRefused) return createFailure('preflight', { subject: error.path, evidence: error.message });
  if (hasCode(error, 'folder.not_writable')) return createFailure('permission', { subject: error.details.path, evidence: error.details.reason });
  if (hasCode(error, 'terminal.host_unavailable')) return createFailure('terminal_host_lost', { evidence: error.details.reason });
  return createFailure('spawn_failed', { evidence: error instanceof Error ? error.message : String(error) });
}

/** Why a start was refused before anything was looked at, as the instance shows it. */
export function toRefusal(error: AppError): Failure {
  if (hasCode(error, 'port.in_use')) {
    const { port, holderPid, holderCommand, holderInstance } = error.details;
    return createFailure('port_in_use', { subject: String(port), evidence: holderInstance ?? (holderPid === null ? null : `pid ${holderPid}: ${holderCommand ?? ''}`) });
  }
  if (hasCode(error, 'port.pool_empty')) return createFailure('port_in_use', { subject: `${error.details.from}–${error.details.to}` });
  if (hasCode(error, 'instance.folder_exists')) return createFailure('preflight', { subject: error.details.path, evidence: 'a folder of the new name is there' });
  if (hasCode(error, 'blueprint.not_found')) return createFailure('preflight', { subject: error.details.blueprintId });
  return hasCode(error, 'terminal.host_unavailable') || hasCode(error, 'folder.not_writable') ? toLaunchFailure(error) : createFailure('preflight', { evidence: error.message });
}

function verbOf(phase: StartPhase, verbs: readonly string[]): string[] {
  const verb = phase === 'install' ? 'install' : 'run';
  return verbs.includes(verb) ? [verb] : [];
}
