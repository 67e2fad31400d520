import { useEffect, useState } from 'react';
import type { Blueprint } from '#contract/blueprints.ts';
import { useApp } from '../../app/appContext.tsx';

interface BlueprintText { text: string | null; sha256: string | null; error: unknown }
const nothing: BlueprintText = { text: null, sha256: null, error: null };

/** The text of a blueprint, read again when its file changed; null while it is being read. */
export function useBlueprintText(blueprint: Pick<Blueprint, 'id' | 'sha256'> | null): BlueprintText {
  const { client } = useApp();
  const [read, setRead] = useState(nothing);
  const id = blueprint?.id ?? null;
  const sha256 = blueprint?.sha256 ?? null;
  useEffect(() => {
    if (id === null) return;
    const ending = new AbortController();
    client.blueprints.get({ blueprint: id }, { signal: ending.signal }).then(
      (found) => { if (!ending.signal.aborted) setRead({ text: found.text, sha256: found.sha256, error: null }); },
      (error: unknown) => { if (!ending.signal.aborted) setRead({ ...nothing, error }); },
    );
    return () => { ending.abort(); };
  }, [client, id, sha256]);
  return read;
}
