import { join } from 'node:path';
import type { Blueprint } from '#contract/blueprints.ts';
import type { PreflightCheck } from '#contract/instances.ts';
import type { LeaseHolder } from '#contract/leases.ts';
import { toDisposable, type Disposable } from '../../base/disposables.ts';
import { takeStartLease, type HeldLease } from '../gpus/index.ts';
import { getInstancePaths, type InstancePaths } from './instanceFolder.ts';
import { listInstanceLinks } from './instanceLinks.ts';
import type { KeptInstance } from './instanceRepository.ts';
import { readInstallStamp } from './installStamp.ts';
import { createFailure, type Failure } from './lifeState.ts';
import { readPreflight } from './preflight.ts';
import { findFailedCheck } from './preflightPolicy.ts';
import type { SupervisorDeps } from './supervisorDeps.ts';

export type StartPhase = 'install' | 'single' | 'run';

/** What an instance has taken for its start before anything was looked at. */
export interface Reservation {
  readonly blueprint: Blueprint;
  readonly ports: Readonly<Record<string, number>>;
}

/** What a start holds while it installs and starts. */
export interface StartLease {
  /** Lets the next instance start. */
  readonly slot: Disposable;
  /** Lets the next one write the environment. */
  readonly environment: Disposable;
  /** GPU memory that is booked for the run until it has ended; null where it needs none. */
  readonly gpu: HeldLease | null;
}

export interface StartPlan extends Reservation {
  readonly phase: StartPhase;
  readonly lease: StartLease;
}

export type Prepared =
  | { readonly kind: 'ready'; readonly plan: StartPlan }
  | { readonly kind: 'refused'; readonly failure: Failure; readonly checks: readonly PreflightCheck[] };

/** A lease that holds nothing, for a run that was found alive. */
export const emptyLease: StartLease = { slot: toDisposable(() => undefined), environment: toDisposable(() => undefined), gpu: null };

/** Under what name an instance books GPU memory. */
export function toLeaseHolder({ id, settings }: Pick<KeptInstance, 'id' | 'settings'>): LeaseHolder {
  return { kind: 'run', id, name: settings.name };
}

/** Prepares starts: takes what must be taken at once, waits for its turn, and looks before the first download. */
export class StartPreparation {
  readonly #deps: SupervisorDeps;

  constructor(deps: SupervisorDeps) {
    this.#deps = deps;
  }

  /** Takes the ports and makes sure that a terminal can be had. @throws blueprint.not_found, port.in_use, port.pool_empty, terminal.host_unavailable */
  async reserve({ id, settings }: KeptInstance): Promise<Reservation> {
    const { shared, machine } = this.#deps;
    const { text: _text, ...blueprint } = await shared.library.read(settings.blueprintId);
    await machine.host.ensureStarted();
    const { primary, extra } = blueprint.header.port;
    const ports = await shared.ports.reserve({ instanceId: id, setting: settings.port, preferred: primary === 'auto' ? null : primary, extra }, settings.name);
    return { blueprint, ports };
  }

  /** Waits for a slot and the environment, then checks what the start needs. Rejects when the signal aborts. */
  async complete(kept: KeptInstance, reservation: Reservation, signal: AbortSignal): Promise<Prepared> {
    const { shared } = this.#deps;
    const paths = getInstancePaths(this.#deps.places.instances, kept);
    const slot = await shared.queue.acquire(signal);
    let environment = emptyLease.environment;
    try {
      const phase = await this.#planPhase(kept, reservation.blueprint, paths);
      const checks = await this.check(kept, reservation.blueprint, phase === 'run');
      signal.throwIfAborted();
      const failed = findFailedCheck(checks);
      if (failed !== null) {
        slot.dispose();
        return { kind: 'refused', failure: createFailure('preflight', { subject: failed.subject ?? failed.id, evidence: failed.hint }), checks };
      }
      if (phase !== 'run') environment = await shared.locks.acquire(join(paths.folder, reservation.blueprint.header.env.path), signal);
      const { requires } = reservation.blueprint.header;
      const taken = await takeStartLease(shared.gpuLeases, { gpu: requires.gpu, vramMib: requires.vramMib, gpuIds: kept.settings.gpuIds }, { holder: toLeaseHolder(kept), signal });
      if (taken.kind === 'refused') {
        slot.dispose();
        environment.dispose();
        return { kind: 'refused', failure: createFailure('preflight', { subject: 'vram', evidence: taken.evidence }), checks };
      }
      return { kind: 'ready', plan: { ...reservation, phase, lease: { slot, environment, gpu: taken.lease } } };
    } catch (error) {
      slot.dispose();
      environment.dispose();
      throw error;
    }
  }

  /** What a start would need and find. */
  check(kept: KeptInstance, blueprint: Blueprint, isInstalled: boolean): Promise<PreflightCheck[]> {
    const { shared, machine, places } = this.#deps;
    const { folder } = getInstancePaths(places.instances, kept);
    const links = listInstanceLinks(this.#deps, kept, blueprint.header);
    return readPreflight({ blueprint, gpuIds: kept.settings.gpuIds, folder, links, isInstalled }, {
      readGpus: machine.readGpus, environment: places.environment, platform: places.platform, isBlueprintRunning: shared.isBlueprintRunning,
    });
  }

  /** What the installation of now would be stamped with. */
  readStamp({ settings }: KeptInstance, { header, sha256 }: Blueprint, { folder }: InstancePaths): Promise<string> {
    const isRelocatable = header.env.isRelocatable || header.env.type === 'none';
    return readInstallStamp({ scriptSha256: sha256, folder, isRelocatable, settings });
  }

  async #planPhase(kept: KeptInstance, blueprint: Blueprint, paths: InstancePaths): Promise<StartPhase> {
    const { verbs } = blueprint.header;
    if (verbs.length > 0 && !verbs.includes('install')) return 'run';
    const isInstalled = kept.installStamp !== null && kept.installStamp === await this.readStamp(kept, blueprint, paths);
    if (isInstalled) return 'run';
    return verbs.length > 0 ? 'install' : 'single';
  }
}
