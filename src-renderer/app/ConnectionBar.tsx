import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useNow } from '../base/useNow.ts';
import type { Connection } from '../client/connection.ts';
import { Button } from '../ui/Button.tsx';

/** A quiet line over the window for as long as there is no connection. What is on screen stays as it was. */
export function ConnectionBar({ connection }: { connection: Connection }): ReactNode {
  const { t } = useTranslation();
  const state = useStore(connection.state);
  if (state.kind !== 'lost') return null;
  return (
    <div role="status" className="flex h-8 shrink-0 items-center justify-center gap-3 border-b border-line bg-changed text-text">
      {state.reason === 'refused' ? <span>{t('app.connection.refused')}</span> : <Countdown retryAtMs={state.retryAtMs} />}
      <Button size="sm" onClick={() => { connection.start(); }}>{t('app.connection.tryNow')}</Button>
    </div>
  );
}

function Countdown({ retryAtMs }: { retryAtMs: number }): ReactNode {
  const { t } = useTranslation();
  const seconds = Math.ceil((retryAtMs - useNow(250)) / 1_000);
  return <span className="tabular" aria-live="off">{seconds > 0 ? t('app.connection.lost', { seconds }) : t('app.connection.trying')}</span>;
}

/** Says once that the connection is lost, and once that it is back. */
export function useAnnouncedConnection(connection: Connection, announce: (text: string) => void): void {
  const { t } = useTranslation();
  const kind = useStore(connection.state, (state) => state.kind);
  const before = useRef(kind);
  useEffect(() => {
    if (before.current !== kind) announce(t(kind === 'open' ? 'app.connection.back' : 'app.connection.trying'));
    before.current = kind;
  }, [kind, announce, t]);
}
