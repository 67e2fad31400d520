import { useEffect, useState } from 'react';
import { useApp } from '../../app/appContext.tsx';
import type { Client } from '../../client/client.ts';
import { useStore } from 'zustand';
import { LogLines } from './logLines.ts';

const TAIL_BYTES = 4_000_000;
const LIVE_TAIL_BYTES = 1_000_000;

/** The log of a run as far as it has been read. `version` grows when `lines` did. */
export interface RunLog {
  lines: LogLines;
  version: number;
  isReady: boolean;
  /** There is more on disk before the first line. */
  isTruncated: boolean;
  error: unknown;
}

const reading = (): RunLog => ({ lines: new LogLines(), version: 0, isReady: false, isTruncated: false, error: null });

/** Reads the end of a run's log, and goes on reading while the run lives; drawn at most once a frame. */
export function useRunLog(runId: string): RunLog {
  const { client, connection } = useApp();
  const isOpen = useStore(connection.state, ({ kind }) => kind === 'open');
  const isLive = useIsLive(runId);
  const [log, setLog] = useState(reading);

  useEffect(() => {
    if (!isOpen) return;
    const ending = new AbortController();
    const lines = new LogLines();
    let facts = { isTruncated: false, error: null as unknown };
    let frame = 0;
    const show = (): void => {
      frame = 0;
      if (!ending.signal.aborted) setLog(({ version }) => ({ lines, version: version + 1, isReady: true, ...facts }));
    };
    const add = (text: string): void => {
      lines.append(text);
      frame ||= requestAnimationFrame(show);
    };
    const end = (error: unknown): void => {
      facts = { ...facts, error: ending.signal.aborted ? null : error };
      show();
    };
    const read = isLive ? followLog(client, runId, { add, signal: ending.signal }) : readLog(client, runId, add);
    read.then((isTruncated) => { facts = { isTruncated, error: null }; show(); }, end);
    return () => {
      ending.abort();
      cancelAnimationFrame(frame);
    };
  }, [client, runId, isLive, isOpen]);
  return log;
}

function useIsLive(runId: string): boolean {
  const { stores } = useApp();
  return useStore(stores.runs, ({ byId }) => byId[runId]?.endedAtMs === null);
}

async function readLog(client: Client, run: string, add: (text: string) => void): Promise<boolean> {
  const { text, isTruncated } = await client.runs.log({ run, maxBytes: TAIL_BYTES });
  add(text);
  return isTruncated;
}

async function followLog(client: Client, run: string, { add, signal }: { add: (text: string) => void; signal: AbortSignal }): Promise<boolean> {
  for await (const { text } of await client.runs.follow({ run, tailBytes: LIVE_TAIL_BYTES }, { signal })) add(text);
  return false;
}
