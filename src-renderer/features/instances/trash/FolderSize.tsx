import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app/appContext.tsx';
import { formatBytes, formatNumber } from '../../../base/format.ts';

/** The size of an instance's folder, measured while one looks. */
export function FolderSize({ instanceId }: { instanceId: string }): ReactNode {
  const { t } = useTranslation();
  const { client } = useApp();
  const [text, setText] = useState<string | null>(null);
  useEffect(() => {
    const measuring = new AbortController();
    client.instances.measure({ instance: instanceId }, { signal: measuring.signal }).then(
      ({ sizeBytes, fileCount }) => { setText(fileCount === 0 ? t('instances.delete.noFolder') : t('instances.inspector.files', { size: formatBytes(sizeBytes), files: formatNumber(fileCount) })); },
      () => { if (!measuring.signal.aborted) setText('–'); },
    );
    return () => { measuring.abort(); };
  }, [client, instanceId, t]);
  return <span className="tabular">{text ?? t('instances.delete.measuring')}</span>;
}
