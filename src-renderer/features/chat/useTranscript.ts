import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../../app/appContext.tsx';
import { createTranscript, followTranscript } from './transcript.ts';
import type { TranscriptStore } from './transcript.ts';

interface Followed {
  store: TranscriptStore;
  /** Why it cannot be followed over a connection that stands; null while it can. */
  error: unknown;
  dismiss: () => void;
}

/** The messages of a conversation for as long as it is on screen; what came stays while the connection is away. */
export function useTranscript(conversation: string): Followed {
  const { client, connection } = useApp();
  const isOpen = useStore(connection.state, ({ kind }) => kind === 'open');
  const store = useMemo(() => createTranscript(), []);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    if (!isOpen) return;
    const ending = new AbortController();
    const { signal } = ending;
    followTranscript(store, client, { conversation, signal }).catch((reason: unknown) => { if (!signal.aborted && connection.isOpen) setError(reason); });
    return () => {
      // The stream of a connection that has gone has ended by itself, and an abort could not be sent.
      if (connection.isOpen) ending.abort();
      setError(null);
    };
  }, [store, client, connection, conversation, isOpen]);
  return { store, error, dismiss: () => { setError(null); } };
}
