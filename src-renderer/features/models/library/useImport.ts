import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImportProgress } from '#contract/models.ts';
import { useApp } from '../../../app/appContext.tsx';
import { toProblem } from '../../../client/problems.ts';
import type { Problem } from '../../../client/problems.ts';

type Done = Extract<ImportProgress, { kind: 'done' }>;
interface Ask { path: string; how: 'link' | 'copy'; acceptPickle: boolean }

/** One import and how far it is; null while none runs. */
export function useImport(onDone: (done: Done) => void): { progress: ImportProgress | null; problem: Problem | null; begin: (ask: Ask) => void } {
  const { t } = useTranslation();
  const { client } = useApp();
  const [progress, setProgress] = useState<ImportProgress | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const run = async (ask: Ask): Promise<void> => {
    setProblem(null);
    setProgress({ kind: 'progress', stage: 'hashing', doneBytes: 0, totalBytes: 0 });
    for await (const step of await client.models.importFrom(ask)) {
      setProgress(step);
      if (step.kind === 'done') onDone(step);
    }
  };
  const begin = (ask: Ask): void => { run(ask).catch((error: unknown) => { setProgress(null); setProblem(toProblem(error, t)); }); };
  return { progress, problem, begin };
}
