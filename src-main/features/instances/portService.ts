import { AppError } from '#contract/errors.ts';
import type { InstanceId } from '#contract/ids.ts';
import { probeBind } from '../../platform/process/bindProbe.ts';
import type { ProcessTable } from '../../platform/process/processTable.ts';
import { isInPool, planPortCandidates, type PortPool } from './portPolicy.ts';

interface PortDeps {
  processes: ProcessTable;
  getPool: () => PortPool;
  /** The ports that other instances have fixed in their settings, with their names. */
  listFixed: () => readonly { instanceId: InstanceId; name: string; port: number }[];
}

interface PortWish {
  readonly instanceId: InstanceId;
  readonly setting: number | 'auto';
  /** The blueprint's own port, tried first where the setting is `auto`. */
  readonly preferred: number | null;
  readonly extra: readonly string[];
}

/** The main port's name among a run's ports; the others have the names that the blueprint gives them. */
export const MAIN_PORT = 'main';

/** Hands out ports: those that no setting names, no run and no pending start holds, and the system can bind. */
export class PortService {
  readonly #deps: PortDeps;
  readonly #held = new Map<number, { instanceId: InstanceId; name: string }>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(deps: PortDeps) {
    this.#deps = deps;
  }

  /** Takes what an instance needs, all or nothing, one instance at a time. @throws port.in_use, port.pool_empty, bad_input */
  reserve(wish: PortWish, name: string): Promise<Record<string, number>> {
    const done = this.#last.then(() => this.#reserve(wish, name));
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** Takes back the ports of a run that was found alive. */
  hold(instanceId: InstanceId, name: string, ports: Readonly<Record<string, number>>): void {
    for (const port of Object.values(ports)) this.#held.set(port, { instanceId, name });
  }

  /** Gives back all that an instance holds. */
  release(instanceId: InstanceId): void {
    for (const [port, holder] of this.#held) if (holder.instanceId === instanceId) this.#held.delete(port);
  }

  /** @throws bad_input for a port outside the pool, port.in_use for one that another instance has fixed. */
  requireFixable(port: number, instanceId: InstanceId | null): void {
    const pool = this.#deps.getPool();
    if (!isInPool(port, pool)) throw new AppError('bad_input', 'the port is outside the pool', { issues: [`port ${port} is outside the pool ${pool.first}–${pool.last}`] });
    const other = this.#deps.listFixed().find((fixed) => fixed.port === port && fixed.instanceId !== instanceId);
    if (other !== undefined) throw inUse(port, { instance: other.name });
  }

  async #reserve({ instanceId, setting, preferred, extra }: PortWish, name: string): Promise<Record<string, number>> {
    this.release(instanceId);
    try {
      const main = setting === 'auto' ? await this.#takeLowest(instanceId, name, preferred) : await this.#takeExact(instanceId, name, setting);
      const ports: Record<string, number> = { [MAIN_PORT]: main };
      for (const each of extra) ports[each] = await this.#takeLowest(instanceId, name, null);
      return ports;
    } catch (error) {
      this.release(instanceId);
      throw error;
    }
  }

  async #takeLowest(instanceId: InstanceId, name: string, preferred: number | null): Promise<number> {
    const pool = this.#deps.getPool();
    const fixed = this.#deps.listFixed().filter((each) => each.instanceId !== instanceId).map(({ port }) => port);
    const taken = new Set([...this.#held.keys(), ...fixed]);
    for (const port of planPortCandidates({ preferred, pool, taken })) {
      if (!(await probeBind(port)).canBind) continue;
      this.#held.set(port, { instanceId, name });
      return port;
    }
    throw new AppError('port.pool_empty', 'no port of the pool is free', { from: pool.first, to: pool.last });
  }

  async #takeExact(instanceId: InstanceId, name: string, port: number): Promise<number> {
    this.requireFixable(port, instanceId);
    const holder = this.#held.get(port);
    if (holder !== undefined) throw inUse(port, { instance: holder.name });
    if (!(await probeBind(port)).canBind) {
      const [listener] = await this.#deps.processes.readListeners(port);
      throw inUse(port, { pid: listener?.pid ?? null, command: listener?.command ?? null });
    }
    this.#held.set(port, { instanceId, name });
    return port;
  }
}

function inUse(port: number, { pid = null, command = null, instance = null }: { pid?: number | null; command?: string | null; instance?: string | null }): AppError<'port.in_use'> {
  return new AppError('port.in_use', 'the port is taken', { port, holderPid: pid, holderCommand: command, holderInstance: instance });
}
