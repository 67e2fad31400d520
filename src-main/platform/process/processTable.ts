/** What proves that a pid still is the process it was: start time and boot id beside the number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque and equal only for the same process: clock ticks after boot on Linux, the start time elsewhere. */
  readonly startToken: string;
  readonly bootId: string;
}

/** One live process as the system lists it. */
export interface ProcessRow {
  readonly pid: number;
  readonly ppid: number;
  readonly pgid: number;
  readonly sid: number;
  readonly startToken: string;
  readonly command: string;
  /** One letter as `ps` shows it; never a zombie's: those count as dead and are left out. */
  readonly state: string;
  readonly rssBytes: number;
  /** User and system time together; see `CPU_TICKS_PER_SECOND`. */
  readonly cpuTicks: number;
}

/** Linux fixes its USER_HZ at 100 for every architecture that Node runs on; the `ps` adapter converts to it. */
export const CPU_TICKS_PER_SECOND = 100;

/** The variable that every child carries; stray ones are found by it, never by name. */
export const RUN_MARK_VARIABLE = 'WHEELHOUSE_RUN_ID';

/** A process of a tree, with the first proof found: its group, its session, its parent, or the run's mark. */
export interface TreeEntry extends ProcessRow {
  readonly how: 'group' | 'session' | 'child' | 'mark';
}

/** Which tree is meant. Without a start token a living root must carry the mark to count (or there is no mark). */
export interface TreeRoot {
  readonly rootPid: number;
  readonly startToken?: string;
  readonly bootId?: string;
  readonly mark: string | null;
}

/** A tree as it was at one moment; give it to `signalTree` and `listensFor`. */
export interface ProcessTree {
  readonly root: TreeRoot;
  readonly entries: readonly TreeEntry[];
}

/** Someone who listens on a TCP port. `pid` is null where the owner may not be seen (another user's). */
export interface PortListener {
  readonly port: number;
  readonly address: string;
  readonly pid: number | null;
  readonly command: string | null;
}

/** What a signal reached; `refusedPids` were ours but the system did not allow it. */
export interface SignalReport {
  readonly signalledPids: readonly number[];
  readonly refusedPids: readonly number[];
}

/**
 * The processes of this machine, and the only place that signals trees.
 *
 * Errors: no method throws for processes that vanish while they are read. Timing: every method reads afresh; nothing is
 * polled in between.
 */
export interface ProcessTable {
  /** Null when there is no such process or only its zombie. */
  readIdentity(pid: number): Promise<ProcessIdentity | null>;
  /** Whether that very process lives, in this boot. */
  isSame(identity: ProcessIdentity): Promise<boolean>;
  /** Every live process of the tree: group, session and children of a proven root, and all that carry the mark. */
  readTree(root: TreeRoot): Promise<ProcessTree>;
  /**
   * Signals what still lives of the snapshot and what the tree holds now, whole groups at once where every member is ours.
   * Identity is read again right before; pids ≤ 1, ourselves and processes not proven ours are never signalled.
   */
  signalTree(tree: ProcessTree, signal: NodeJS.Signals): Promise<SignalReport>;
  /** Bytes of files that the tree has mapped and that the system counts as available, as it could drop them; 0 where it does not tell. */
  readMappedFileBytes(tree: ProcessTree): Promise<number>;
  /** Every live process that carries a run's mark, by mark; ourselves left out. */
  findMarked(): Promise<ReadonlyMap<string, readonly ProcessRow[]>>;
  /** Who listens on the port, on any address; owners are looked for among `among` first. */
  readListeners(port: number, options?: { among?: readonly number[] }): Promise<readonly PortListener[]>;
  /** The listener on the port that belongs to the tree, or null. */
  listensFor(tree: ProcessTree, port: number): Promise<PortListener | null>;
}

/** The readings a system offers, from which the table is built. Zombies are left out by the adapter. */
export interface ProcessFacts {
  readBootId(): Promise<string>;
  readRow(pid: number): Promise<ProcessRow | null>;
  readRows(): Promise<readonly ProcessRow[]>;
  /** The marks among these processes, by pid; unreadable ones are left out. */
  readMarks(rows: readonly ProcessRow[]): Promise<ReadonlyMap<number, string>>;
  readListeners(port: number, options: { among: readonly number[] }): Promise<readonly PortListener[]>;
  /** Of one process, 0 where that is not told; see the table. */
  readMappedFileBytes(pid: number): Promise<number>;
}
