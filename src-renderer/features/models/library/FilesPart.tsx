import { ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ModelVersion } from '#contract/models.ts';
import { useApp } from '../../../app/appContext.tsx';
import { formatBytes } from '../../../base/format.ts';
import { Button } from '../../../ui/Button.tsx';
import { ProgressBar } from '../../../ui/ProgressBar.tsx';

type Check = { kind: 'idle' } | { kind: 'running'; fraction: number } | { kind: 'done'; wrong: readonly string[] };

/** The files of a version with their hashes, where they lie, and a check that they are still what they were. */
export function FilesPart({ version }: { version: ModelVersion }): ReactNode {
  const { t } = useTranslation();
  const [check, run] = useCheck(version.id);
  return (
    <div className="flex flex-col gap-3">
      <p className="break-all"><span className="text-muted">{t('models.folder')}</span> <span className="font-mono text-xs">{version.folder}</span> <span className="text-muted">{t(`models.storage.${version.storage}`)}</span></p>
      <table className="w-full table-fixed border-collapse text-left">
        <thead><tr className="text-xs text-muted"><th scope="col" className="font-normal">{t('models.file')}</th><th scope="col" className="w-24 pr-3 text-right font-normal">{t('models.column.size')}</th><th scope="col" className="w-2/5 font-normal">sha256</th></tr></thead>
        <tbody>
          {version.files.map(({ path, sizeBytes, sha256, role }) => (
            <tr key={path} className="row-line border-t border-line">
              <th scope="row" title={`${path} (${role})`} className="truncate font-mono text-xs font-normal">{path}</th>
              <td className="tabular pr-3 text-right">{formatBytes(sizeBytes)}</td>
              <td title={sha256 ?? undefined} className="truncate font-mono text-xs text-muted">{sha256 ?? t('models.notHashed')}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="flex items-center gap-3">
        <Button icon={<ShieldCheck size={14} aria-hidden />} isBusy={check.kind === 'running'} onClick={run}>{t('models.verify.verb')}</Button>
        {check.kind === 'running' ? <ProgressBar label={t('models.verify.verb')} fraction={check.fraction} className="max-w-60" /> : null}
        {check.kind === 'done' ? <p className={check.wrong.length === 0 ? 'text-ok' : 'text-error'}>{check.wrong.length === 0 ? t('models.verify.intact') : t('models.verify.wrong', { files: check.wrong.join(', ') })}</p> : null}
      </div>
    </div>
  );
}

function useCheck(model: string): [Check, () => void] {
  const { client, toastError } = useApp();
  const [check, setCheck] = useState<Check>({ kind: 'idle' });
  const follow = async (): Promise<void> => {
    setCheck({ kind: 'running', fraction: 0 });
    for await (const step of await client.models.verify({ model })) {
      setCheck(step.kind === 'done' ? { kind: 'done', wrong: step.wrong } : { kind: 'running', fraction: step.doneBytes / Math.max(1, step.totalBytes) });
    }
  };
  return [check, () => { follow().catch((error: unknown) => { setCheck({ kind: 'idle' }); toastError(error); }); }];
}
