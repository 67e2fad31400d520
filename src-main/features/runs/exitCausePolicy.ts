import { exitRules } from './exitRules.ts';
import type { ExitCause, ExitRule } from './exitRules.ts';

export type { ExitCause } from './exitRules.ts';

/** How a run ended, as far as it is known. */
export interface ExitFacts {
  readonly exitCode: number | null;
  /** `SIGKILL`, or null where it ended by itself. */
  readonly signal: string | null;
  /** The end of its output; escape sequences may stand in it. */
  readonly logTail: string;
  /** The kernel killed for want of memory meanwhile. */
  readonly oomKilled: boolean;
  readonly wantedStop: boolean;
}

/** The cause, the log line that shows it, and what it names: a module, a command, a port, a path, a host, a signal. */
export interface ExitVerdict {
  readonly cause: ExitCause;
  readonly evidence: string | null;
  readonly subject: string | null;
}

const MAX_LINES = 200;
const MAX_EVIDENCE_LENGTH = 400;
const MAX_LINE_LENGTH = 500;
const SIGNAL_EXITS: Readonly<Record<number, string>> = { 129: 'SIGHUP', 130: 'SIGINT', 137: 'SIGKILL', 143: 'SIGTERM' };
const COMMAND_NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;
const ESCAPES = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)|[@-Z\\-_])/g;

/**
 * Says why a run ended: how it ended first, then what its last lines tell. Decides only.
 *
 * A line that can only mean one thing outweighs one that programs also print and survive (a refused connection, a missing
 * helper command); among equals the last one counts.
 */
export function classifyExit(facts: ExitFacts): ExitVerdict {
  if (isWanted(facts)) return { cause: 'none', evidence: null, subject: null };
  const lines = splitLines(facts.logTail);
  const signal = findSignal(facts);
  const certain = findLast(lines, exitRules.filter((rule) => rule.isCertain));
  if (facts.oomKilled && (signal === 'SIGKILL' || certain === null)) return outOfMemory(lines);
  if (signal === 'SIGKILL') return toKilled(certain);
  return certain ?? classifyCode(facts.exitCode, lines) ?? findLast(lines, exitRules) ?? toUnknown(signal, lines);
}

/** What the log shows of a killed process is history, except that the kernel announced it. */
function toKilled(told: ExitVerdict | null): ExitVerdict {
  return told?.cause === 'out_of_memory' ? told : { cause: 'killed', evidence: null, subject: 'SIGKILL' };
}

function isWanted({ wantedStop, exitCode, signal }: ExitFacts): boolean {
  return wantedStop || (exitCode === 0 && signal === null);
}

/** Shells report a child's signal as 128 and its number. */
function findSignal({ exitCode, signal }: ExitFacts): string | null {
  return signal ?? (exitCode === null ? undefined : SIGNAL_EXITS[exitCode]) ?? null;
}

function outOfMemory(lines: readonly string[]): ExitVerdict {
  const told = findLast(lines, exitRules.filter(({ cause }) => cause === 'out_of_memory'));
  return told ?? { cause: 'out_of_memory', evidence: null, subject: null };
}

/** Shells say with 127 and 126 what the last command met. */
function classifyCode(exitCode: number | null, lines: readonly string[]): ExitVerdict | null {
  const cause = exitCode === COMMAND_NOT_FOUND ? 'missing_command' : exitCode === NOT_EXECUTABLE ? 'permission' : null;
  if (cause === null) return null;
  const told = findLast(lines, exitRules.filter((rule) => rule.cause === cause));
  return told ?? { cause, evidence: cut(lines.at(-1)), subject: null };
}

function toUnknown(signal: string | null, lines: readonly string[]): ExitVerdict {
  const isForeign = signal !== null && Object.values(SIGNAL_EXITS).includes(signal);
  return { cause: isForeign ? 'killed' : 'unknown', evidence: isForeign ? null : cut(lines.at(-1)), subject: signal };
}

function findLast(lines: readonly string[], rules: readonly ExitRule[]): ExitVerdict | null {
  for (const line of lines.toReversed()) {
    for (const { cause, pattern } of rules) {
      const match = pattern.exec(line);
      if (match !== null) return { cause, evidence: cut(line), subject: match.groups?.['subject'] ?? null };
    }
  }
  return null;
}

function splitLines(text: string): string[] {
  const lines = text.replace(ESCAPES, '').split(/\r\n|\n|\r/).map((line) => line.trim().slice(0, MAX_LINE_LENGTH));
  return lines.filter((line) => line !== '' && !line.startsWith('::wh ')).slice(-MAX_LINES);
}

function cut(line: string | undefined): string | null {
  if (line === undefined) return null;
  return line.length > MAX_EVIDENCE_LENGTH ? `${line.slice(0, MAX_EVIDENCE_LENGTH)}…` : line;
}
