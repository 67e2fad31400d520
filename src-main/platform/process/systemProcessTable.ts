import type {
  PortListener, ProcessFacts, ProcessIdentity, ProcessRow, ProcessTable, ProcessTree, SignalReport, TreeRoot,
} from './processTable.ts';
import { planSignals, selectTree } from './processTree.ts';

/** Sends a signal; a negative number means the group. @throws as `process.kill` does. */
export type Kill = (pid: number, signal: NodeJS.Signals) => void;

/** The process table over what a system's adapter reads. */
export class SystemProcessTable implements ProcessTable {
  readonly #facts: ProcessFacts;
  readonly #kill: Kill;
  readonly #selfPid: number;

  constructor(deps: { facts: ProcessFacts; kill: Kill; selfPid: number }) {
    this.#facts = deps.facts;
    this.#kill = deps.kill;
    this.#selfPid = deps.selfPid;
  }

  async readIdentity(pid: number): Promise<ProcessIdentity | null> {
    if (!Number.isInteger(pid) || pid <= 0) return null;
    const [row, bootId] = await Promise.all([this.#facts.readRow(pid), this.#facts.readBootId()]);
    return row === null ? null : { pid, startToken: row.startToken, bootId };
  }

  async isSame(identity: ProcessIdentity): Promise<boolean> {
    const now = await this.readIdentity(identity.pid);
    return now?.startToken === identity.startToken && now.bootId === identity.bootId;
  }

  async readTree(root: TreeRoot): Promise<ProcessTree> {
    const [rows, bootId] = await Promise.all([this.#facts.readRows(), this.#facts.readBootId()]);
    return this.#selectFrom(rows, root, bootId);
  }

  async signalTree(tree: ProcessTree, signal: NodeJS.Signals): Promise<SignalReport> {
    const [rows, bootId] = await Promise.all([this.#facts.readRows(), this.#facts.readBootId()]);
    if (tree.root.bootId !== undefined && tree.root.bootId !== bootId) return { signalledPids: [], refusedPids: [] };
    const now = await this.#selectFrom(rows, tree.root, bootId);
    const tokens = new Map(tree.entries.map((entry) => [entry.pid, entry.startToken]));
    const survivors = rows.filter((row) => tokens.get(row.pid) === row.startToken);
    return this.#send([...survivors, ...now.entries], signal);
  }

  async readMappedFileBytes({ entries }: ProcessTree): Promise<number> {
    const parts = await Promise.all(entries.map(({ pid }) => this.#facts.readMappedFileBytes(pid)));
    return parts.reduce((sum, bytes) => sum + bytes, 0);
  }

  async findMarked(): Promise<ReadonlyMap<string, readonly ProcessRow[]>> {
    const rows = (await this.#facts.readRows()).filter((row) => row.pid > 1 && row.pid !== this.#selfPid);
    const marks = await this.#facts.readMarks(rows);
    const byMark = new Map<string, ProcessRow[]>();
    for (const row of rows) {
      const mark = marks.get(row.pid);
      if (mark !== undefined) byMark.set(mark, [...(byMark.get(mark) ?? []), row]);
    }
    return byMark;
  }

  readListeners(port: number, options: { among?: readonly number[] } = {}): Promise<readonly PortListener[]> {
    return this.#facts.readListeners(port, { among: options.among ?? [] });
  }

  async listensFor(tree: ProcessTree, port: number): Promise<PortListener | null> {
    const pids = tree.entries.map((entry) => entry.pid);
    const listeners = await this.readListeners(port, { among: pids });
    return listeners.find(({ pid }) => pid !== null && pids.includes(pid)) ?? null;
  }

  async #selectFrom(rows: readonly ProcessRow[], root: TreeRoot, bootId: string): Promise<ProcessTree> {
    const marks = root.mark === null ? new Map<number, string>() : await this.#facts.readMarks(rows);
    return { root, entries: selectTree({ rows, marks, root, bootId, selfPid: this.#selfPid }) };
  }

  /** Reads the targets' identities once more, then signals without another turn of the event loop in between. */
  async #send(targets: readonly ProcessRow[], signal: NodeJS.Signals): Promise<SignalReport> {
    const tokens = new Map(targets.map((row) => [row.pid, row.startToken]));
    const rows = await this.#facts.readRows();
    const plan = planSignals(rows.filter((row) => tokens.get(row.pid) === row.startToken), rows, this.#selfPid);
    const signalledPids: number[] = [];
    const refusedPids: number[] = [];
    for (const { target, pids } of [
      ...plan.groups.map(({ pgid, pids }) => ({ target: -pgid, pids })),
      ...plan.pids.map((pid) => ({ target: pid, pids: [pid] })),
    ]) {
      const outcome = this.#signalOne(target, signal);
      if (outcome === 'sent') signalledPids.push(...pids);
      if (outcome === 'refused') refusedPids.push(...pids);
    }
    return { signalledPids, refusedPids };
  }

  #signalOne(target: number, signal: NodeJS.Signals): 'sent' | 'gone' | 'refused' {
    try {
      this.#kill(target, signal);
      return 'sent';
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : null;
      if (code === 'ESRCH') return 'gone';
      if (code === 'EPERM') return 'refused';
      throw error;
    }
  }
}
