import type { TFunction } from 'i18next';
import type { Run } from '#contract/runs.ts';
import type { Terminal } from '#contract/terminals.ts';

type Exit = Pick<Terminal, 'exitCode' | 'signal'>;

const SIGNALS: Readonly<Record<number, string>> = { 1: 'HUP', 2: 'INT', 3: 'QUIT', 4: 'ILL', 6: 'ABRT', 7: 'BUS', 8: 'FPE', 9: 'KILL', 11: 'SEGV', 13: 'PIPE', 15: 'TERM' };

/** `exit 3` or `KILL`: how something ended, in a word. */
export function toExitWord({ exitCode, signal }: Exit, t: TFunction): string {
  if (signal !== null && signal > 0) return SIGNALS[signal] ?? t('terminals.exit.signal', { signal });
  return exitCode === null ? t('terminals.exit.ended') : t('terminals.exit.code', { code: exitCode });
}

/** How a terminal's program ended, as a sentence with its cause where there is one. */
export function toEndSentence(terminal: Terminal, run: Run | undefined, t: TFunction): string {
  const { exitCode, signal } = run?.endedAtMs == null ? terminal : run;
  const cause = run?.cause ? t(`instances.cause.${run.cause}.word`) : null;
  return cause === null ? toEnd({ exitCode, signal }, t) : t('terminals.exit.withCause', { end: toEnd({ exitCode, signal }, t), cause });
}

function toEnd({ exitCode, signal }: Exit, t: TFunction): string {
  if (signal !== null && signal > 0) return t('terminals.exit.bySignal', { signal: SIGNALS[signal] ?? signal });
  return exitCode === null ? t('terminals.exit.endedLong') : t('terminals.exit.withCode', { code: exitCode });
}
