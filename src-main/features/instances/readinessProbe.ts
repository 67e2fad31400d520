import { request } from 'node:http';
import { connect } from 'node:net';
import type { BlueprintHeader } from '#contract/blueprintHeader.ts';
import type { PortListener, ProcessTable, ProcessTree } from '../../platform/process/processTable.ts';
import type { PortHolder } from './lifeState.ts';

export type ReadyRules = BlueprintHeader['ready'];

/** What a look at an app found. `listens` is about our own process tree; a foreign answer never counts. */
export type ProbeResult =
  | { readonly kind: 'holds'; readonly address: string | null }
  | { readonly kind: 'fails'; readonly listens: boolean; readonly holder: PortHolder | null };

interface ProbeInput {
  readonly rules: ReadyRules;
  readonly port: number;
  readonly tree: ProcessTree;
  readonly processes: ProcessTable;
  /** Whether the output has matched `ready.regex`. */
  readonly hasLogMatched: boolean;
  /** Only looks whether the app listens, and asks it nothing: every request is a line in some app's log. */
  readonly isQuiet?: boolean;
}

const TIMEOUT_MS = 2_000;

/** Looks once whether the app is ready: the probe holds and the listener belongs to its own process tree. Does not throw. */
export async function probeReadiness(input: ProbeInput): Promise<ProbeResult> {
  switch (input.rules.type) {
    case 'none': case 'process': return input.tree.entries.length > 0 ? { kind: 'holds', address: null } : { kind: 'fails', listens: false, holder: null };
    case 'log': return input.hasLogMatched ? { kind: 'holds', address: null } : { kind: 'fails', listens: false, holder: null };
    case 'tcp': case 'http': return probeListener(input);
  }
}

async function probeListener({ rules, port, tree, processes, isQuiet = false }: ProbeInput): Promise<ProbeResult> {
  const pids = tree.entries.map(({ pid }) => pid);
  const listeners = await processes.readListeners(port, { among: pids });
  const own = listeners.filter(({ pid }) => pid !== null && pids.includes(pid));
  const [foreign] = listeners.filter(({ pid }) => pid === null || !pids.includes(pid));
  const [first] = own;
  if (first === undefined) return { kind: 'fails', listens: false, holder: foreign === undefined ? null : { pid: foreign.pid, command: foreign.command } };
  if (isQuiet) return { kind: 'holds', address: toAddress(first) };
  for (const address of own.map(toAddress)) {
    const answers = rules.type === 'tcp' ? await canConnect(address, port) : await answersHttp({ address, port, rules });
    if (answers) return { kind: 'holds', address };
  }
  return { kind: 'fails', listens: true, holder: null };
}

/** Where a listener can be reached from this machine. */
export function toAddress({ address }: Pick<PortListener, 'address'>): string {
  if (address === '::1') return '::1';
  return /^(\*|0\.0\.0\.0|::|127\.|::ffff:)/.test(address) || address === '' ? '127.0.0.1' : address;
}

/** The http address of a port, IPv6 in brackets. */
export function toUrl(address: string, port: number, path: string): string {
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}${path}`;
}

function answersHttp({ address, port, rules }: { address: string; port: number; rules: ReadyRules }): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ host: address, port, path: rules.path, method: 'GET', agent: false, timeout: TIMEOUT_MS, headers: { connection: 'close', accept: '*/*' } }, (answer) => {
      const status = answer.statusCode ?? 0;
      resolve(status >= rules.status.from && status <= rules.status.to);
      asked.destroy();
    });
    asked.once('timeout', () => { asked.destroy(); });
    asked.once('error', () => { resolve(false); });
    asked.once('close', () => { resolve(false); });
    asked.end();
  });
}

function canConnect(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    socket.setTimeout(TIMEOUT_MS, () => { socket.destroy(); });
    socket.once('connect', () => { resolve(true); socket.destroy(); });
    socket.once('error', () => { resolve(false); });
    socket.once('close', () => { resolve(false); });
  });
}
