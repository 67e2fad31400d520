import { Copy, FolderOpen } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Instance } from '#contract/instances.ts';
import { useApp } from '../../../app/appContext.tsx';
import { formatAbsolute, formatBytes, formatNumber } from '../../../base/format.ts';
import { Button } from '../../../ui/Button.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { useValueText } from '../edit/useValueText.ts';
import { useScope } from '../InstancesScope.tsx';

/** An instance's settings and places, each with what can be done with it. */
export function FactList({ instance }: { instance: Instance }): ReactNode {
  const { t } = useTranslation();
  const { commands } = useScope();
  const valueText = useValueText();
  const copyButton = (text: string): ReactNode => <IconButton size="sm" label={t('instances.inspector.copy')} icon={<Copy size={13} />} onClick={() => { commands.copy(text); }} />;
  const versions = [['Python', instance.pythonVersion], ['Torch', instance.torchVersion], ['CUDA', instance.cudaVersion]].map(([name, version]) => `${name ?? ''} ${version ?? ''}`).join(' · ');
  return (
    <dl className="grid grid-cols-[8.5rem_1fr] items-center gap-x-2 gap-y-0.5">
      {instance.url === null ? null : (
        <Fact name={t('instances.inspector.address')} after={copyButton(instance.url)}>
          <a href={instance.url} target="_blank" rel="noreferrer" className="text-accent hover:underline" onClick={(event) => { event.preventDefault(); commands.open(instance); }}>{instance.url}</a>
        </Fact>
      )}
      <Fact name={t('instances.column.blueprint')}>{instance.blueprintName ?? instance.blueprintId}</Fact>
      <Fact name={t('instances.column.port')}>{valueText('port', instance.portSetting)}{instance.port === null || instance.port === instance.portSetting ? null : <span className="text-muted"> → {instance.port}</span>}</Fact>
      <Fact name={t('instances.column.gpu')}>{valueText('gpuIds', instance.gpuIds)}</Fact>
      <Fact name={t('instances.column.autostart')}>{valueText('autostart', instance.autostart)}</Fact>
      <Fact name={t('instances.column.launchArgs')}>{instance.launchArgs === '' ? '–' : <code className="font-mono text-xs">{instance.launchArgs}</code>}</Fact>
      <Fact name={t('instances.inspector.versions')}>{versions}</Fact>
      <Fact name={t('instances.inspector.folder')} after={<>{copyButton(instance.folder)}<RevealButton path={instance.folder} /></>}>{instance.folder}</Fact>
      <Fact name={t('instances.inspector.disk')}><DiskUse instance={instance} /></Fact>
      {instance.pid === null ? null : <Fact name={t('instances.inspector.pid')}><span className="tabular">{instance.pid}</span></Fact>}
      <Fact name={t('instances.inspector.created')}>{formatAbsolute(instance.createdAtMs)}</Fact>
    </dl>
  );
}

function Fact({ name, after, children }: { name: string; after?: ReactNode; children: ReactNode }): ReactNode {
  return (
    <>
      <dt className="truncate text-muted">{name}</dt>
      <dd className="flex min-h-6 min-w-0 items-center gap-1"><span className="min-w-0 flex-1 truncate" title={typeof children === 'string' ? children : undefined}>{children}</span>{after}</dd>
    </>
  );
}

function RevealButton({ path }: { path: string }): ReactNode {
  const { t } = useTranslation();
  const { client, toastError } = useApp();
  const [canReveal, setCanReveal] = useState(false);
  useEffect(() => {
    const asking = new AbortController();
    client.system.status({}, { signal: asking.signal }).then(({ capabilities }) => { setCanReveal(capabilities.reveal); }, (error: unknown) => { if (!asking.signal.aborted) toastError(error); });
    return () => { asking.abort(); };
  }, [client, toastError]);
  if (!canReveal) return null;
  return <IconButton size="sm" label={t('instances.inspector.reveal')} icon={<FolderOpen size={13} />} onClick={() => { client.system.reveal({ path }).catch(toastError); }} />;
}

function DiskUse({ instance }: { instance: Instance }): ReactNode {
  const { t } = useTranslation();
  const { client, toastError } = useApp();
  const [state, setState] = useState<{ kind: 'unknown' } | { kind: 'measuring' } | { kind: 'known'; text: string }>({ kind: 'unknown' });
  const measure = async (): Promise<void> => {
    setState({ kind: 'measuring' });
    try {
      const { sizeBytes, fileCount } = await client.instances.measure({ instance: instance.id });
      setState({ kind: 'known', text: t('instances.inspector.files', { size: formatBytes(sizeBytes), files: formatNumber(fileCount) }) });
    } catch (error) {
      setState({ kind: 'unknown' });
      toastError(error);
    }
  };
  if (state.kind === 'known') return <span className="tabular">{state.text}</span>;
  const isMeasuring = state.kind === 'measuring';
  return <Button size="sm" isBusy={isMeasuring} onClick={() => measure()}>{t(isMeasuring ? 'instances.inspector.measuring' : 'instances.inspector.measure')}</Button>;
}
