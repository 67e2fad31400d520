import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../../app/appContext.tsx';
import { createTranscript, followTranscript } from './transcript.ts';
import type { TranscriptStore } from './transcript.ts';

/** The messages of a conversation for as long as it is on screen; what came stays while the connection is away. */
export function useTranscript(conversation: string): { store: TranscriptStore; error: unknown } {
  const { client, connection } = useApp();
  const isOpen = useStore(connection.state, ({ kind }) => kind === 'open');
  const store = useMemo(() => createTranscript(), []);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    if (!isOpen) return;
    const ending = new AbortController();
    const { signal } = ending;
    followTranscript(store, client, { conversation, signal }).catch((reason: unknown) => { if (!signal.aborted) setError(reason); });
    return () => { ending.abort(); };
  }, [store, client, conversation, isOpen]);
  return { store, error };
}
