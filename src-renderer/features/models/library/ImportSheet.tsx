import { useState } from 'react';
import type { ReactNode, SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImportCandidate, ImportProgress } from '#contract/models.ts';
import { useApp } from '../../../app/appContext.tsx';
import { toProblem } from '../../../client/problems.ts';
import type { Problem } from '../../../client/problems.ts';
import { formatBytes, formatBytesOf } from '../../../base/format.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Button } from '../../../ui/Button.tsx';
import { Checkbox } from '../../../ui/Checkbox.tsx';
import { Sheet } from '../../../ui/Dialog.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { ProgressBar } from '../../../ui/ProgressBar.tsx';
import { Segmented } from '../../../ui/Segmented.tsx';
import { TextField } from '../../../ui/TextField.tsx';
import { Waiting } from '../../../ui/Waiting.tsx';
import { showVersion } from '../modelPlace.ts';
import { useImport } from './useImport.ts';

/** Takes in a file or a folder: looks first, says what is there, then links or copies. */
export function ImportSheet({ initialPath, onClose }: { initialPath: string; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const [path, setPath] = useState(initialPath);
  const [how, setHow] = useState<'link' | 'copy'>('link');
  const { candidates, isLooking, problem, look } = useCandidates();
  const submit = (event: SyntheticEvent): void => { event.preventDefault(); look(path); };
  return (
    <Sheet isOpen onClose={onClose} title={t('models.import.title')} description={t('models.import.text')} footer={<Button onClick={onClose}>{t('app.close')}</Button>}>
      <div className="flex flex-col gap-3">
        <form onSubmit={submit} className="flex items-end gap-2">
          <div className="flex-1"><TextField label={t('models.import.path')} isMono value={path} onChange={setPath} placeholder={t('models.import.placeholder')} /></div>
          <Button type="submit" variant={candidates === null ? 'primary' : 'plain'} isBusy={isLooking} disabledReason={path.trim() === '' ? t('models.import.pathMissing') : null}>{t('models.import.look')}</Button>
        </form>
        <div className="flex items-center gap-3"><Segmented label={t('models.import.how')} value={how} options={[{ value: 'link', label: t('models.import.link') }, { value: 'copy', label: t('models.import.copy') }]} onChange={setHow} /><span className="text-muted">{t(`models.import.help_${how}`)}</span></div>
        {problem === null ? null : <ErrorNote problem={problem} />}
        {isLooking ? <Waiting label={t('models.import.looking')} /> : null}
        {candidates?.length === 0 ? <p className="text-muted">{t('models.import.nothing')}</p> : null}
        {candidates?.map((candidate) => <Candidate key={candidate.path} candidate={candidate} how={how} onDone={onClose} />)}
      </div>
    </Sheet>
  );
}

function useCandidates(): { candidates: readonly ImportCandidate[] | null; isLooking: boolean; problem: Problem | null; look: (path: string) => void } {
  const { t } = useTranslation();
  const { client } = useApp();
  const [candidates, setCandidates] = useState<readonly ImportCandidate[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isLooking, setLooking] = useState(false);
  const look = (path: string): void => {
    setLooking(true);
    setProblem(null);
    client.models.inspectPath({ path: path.trim() }).then(setCandidates, (error: unknown) => { setCandidates(null); setProblem(toProblem(error, t)); }).finally(() => { setLooking(false); });
  };
  return { candidates, isLooking, problem, look };
}

function Candidate({ candidate, how, onDone }: { candidate: ImportCandidate; how: 'link' | 'copy'; onDone: () => void }): ReactNode {
  const { t } = useTranslation();
  const { progress, problem, begin } = useImport(({ version }) => { showVersion(version.id); onDone(); });
  const [isAccepted, setAccepted] = useState(false);
  const isDangerous = candidate.pickleFindings.some(({ level }) => level === 'dangerous');
  const blocked = candidate.problem ?? (isDangerous && !isAccepted ? t('models.import.pickleFirst') : null);
  return (
    <section aria-label={candidate.name} className="flex flex-col gap-1.5 rounded-md border border-line bg-bg px-3 py-2">
      <div className="flex items-center gap-2">
        <span className="min-w-0 truncate font-medium">{candidate.name}</span><span className="text-muted">{candidate.label}</span>
        <Badge>{candidate.format}</Badge>{candidate.capabilities.map((each) => <Badge key={each}>{t(`models.capability.${each}`)}</Badge>)}
        <span className="tabular ml-auto text-muted">{formatBytes(candidate.sizeBytes)}</span>
        {candidate.alreadyVersionId === null ? <Button size="sm" variant="primary" isBusy={progress !== null} disabledReason={blocked} onClick={() => { begin({ path: candidate.path, how, acceptPickle: isAccepted }); }}>{t('models.import.verb')}</Button> : <span className="text-ok">{t('models.import.already')}</span>}
      </div>
      <p className="truncate font-mono text-xs text-muted" title={candidate.path}>{candidate.path}</p>
      {candidate.problem === null ? null : <p className="text-error">{candidate.problem}</p>}
      {candidate.pickleFindings.length === 0 ? null : <Findings candidate={candidate} isAccepted={isAccepted} onAccept={setAccepted} />}
      {progress?.kind === 'progress' ? <Progress progress={progress} /> : null}
      {problem === null ? null : <ErrorNote problem={problem} />}
    </section>
  );
}

function Findings({ candidate, isAccepted, onAccept }: { candidate: ImportCandidate; isAccepted: boolean; onAccept: (isAccepted: boolean) => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="text-stalled">
      <p>{t('models.pickle.text')}</p>
      <p className="font-mono text-xs">{candidate.pickleFindings.slice(0, 8).map(({ name, level }) => `${t(`models.pickle.${level}`)} ${name}`).join(', ')}</p>
      <Checkbox label={t('models.import.acceptPickle')} isChecked={isAccepted} onChange={onAccept} />
    </div>
  );
}

function Progress({ progress }: { progress: Extract<ImportProgress, { kind: 'progress' }> }): ReactNode {
  const { t } = useTranslation();
  const words = t(`models.import.stage_${progress.stage}`);
  return <div className="flex items-center gap-3"><span className="text-muted">{words}</span><ProgressBar label={words} fraction={progress.doneBytes / Math.max(1, progress.totalBytes)} /><span className="tabular shrink-0 text-muted">{formatBytesOf(progress.doneBytes, progress.totalBytes)}</span></div>;
}
