import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Instance } from '#contract/instances.ts';
import { ProgressBar } from '../../ui/ProgressBar.tsx';
import { StatusWord } from '../../ui/StatusWord.tsx';
import type { Tone } from '../../ui/tone.ts';
import { toStatusView, type StatusKind } from './statusView.ts';
import { useTicking } from './tick.ts';

const tones: Record<StatusKind, Tone> = {
  stopped: 'idle', queued: 'busy', installing: 'busy', starting: 'busy', started: 'ok', stopping: 'stopping', backoff: 'busy', error: 'error', orphaned: 'stalled', stalled: 'stalled',
};

const moving: ReadonlySet<StatusKind> = new Set(['queued', 'installing', 'starting', 'stopping']);

/** The status as icon and word, with what matters now behind it: cause, stage or seconds left. */
export function StatusCell({ instance }: { instance: Instance }): ReactNode {
  const { t } = useTranslation();
  const secondsLeft = useTicking((nowMs) => toStatusView(instance, nowMs).secondsLeft);
  const { kind, cause, stage } = toStatusView(instance, 0);
  const stageText = stage === null ? null : t('instances.status.stage', { ...stage });
  const retryText = secondsLeft === null ? null : t('instances.status.retryIn', { seconds: secondsLeft });
  const causeText = cause === null ? null : t(`instances.cause.${cause}.word`);
  const notes = [causeText, stageText, retryText].filter((note) => note !== null);
  const note = cause === null || kind !== 'error' ? notes.join(' · ') : <span className="text-error">{notes.join(' · ')}</span>;
  const hint = cause === null ? t(`instances.statusHint.${kind}`) : t(`instances.cause.${cause}.help`);
  return (
    <span className="relative flex h-full min-w-0 items-center">
      <StatusWord
        tone={tones[kind]}
        label={t(`instances.status.${kind}`)}
        note={note}
        isMoving={moving.has(kind) && stage === null}
        title={[t(`instances.status.${kind}`), ...notes, hint].join('\n')}
      />
      {stage === null ? null : <span className="absolute inset-x-0 bottom-0"><ProgressBar label={stageText ?? ''} fraction={(stage.index - 1) / Math.max(1, stage.count)} tone="busy" className="h-0.5" /></span>}
    </span>
  );
}

export function toneOf(kind: StatusKind): Tone {
  return tones[kind];
}
