import { Undo2, X } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import type { ReactNode, SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { ModelRole, ModelVersion } from '#contract/models.ts';
import { useApp } from '../../../app/appContext.tsx';
import { toProblem } from '../../../client/problems.ts';
import { Button } from '../../../ui/Button.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { RelativeTime } from '../../../ui/RelativeTime.tsx';
import { Segmented } from '../../../ui/Segmented.tsx';
import { TextField } from '../../../ui/TextField.tsx';

/** The names that point to a version: aliases, and roles with the way back. */
export function ModelNames({ version }: { version: ModelVersion }): ReactNode {
  const { t } = useTranslation();
  const { client, toastError } = useApp();
  const roles = useRoles(version.roles.join(' '));
  return (
    <section aria-label={t('models.names')} className="flex flex-col gap-1.5">
      <h3 className="font-medium">{t('models.names')}</h3>
      {version.aliases.map((alias) => (
        <div key={alias} className="flex items-center gap-2">
          <span className="w-16 text-muted">{t('models.alias')}</span><span className="min-w-0 flex-1 truncate font-mono">{alias}</span>
          <IconButton size="sm" label={t('models.dropName', { name: alias })} icon={<X size={13} aria-hidden />} onClick={() => { client.models.removeAlias({ alias }).catch(toastError); }} />
        </div>
      ))}
      {roles.filter(({ versionId }) => versionId === version.id).map((role) => <RoleLine key={role.name} role={role} />)}
      <NewName version={version} />
    </section>
  );
}

function RoleLine({ role: { name, history } }: { role: ModelRole }): ReactNode {
  const { t } = useTranslation();
  const { client, toastError } = useApp();
  const before = history.at(-2) ?? null;
  const since = history.at(-1)?.atMs ?? 0;
  return (
    <div className="flex items-center gap-2">
      <span className="w-16 text-muted">{t('models.role')}</span>
      <span className="truncate font-mono">{name}</span>
      <span className="min-w-0 flex-1 truncate text-muted">{t('models.since')} <RelativeTime atMs={since} />{before?.reference ? ` · ${t('models.before', { reference: before.reference })}` : ''}</span>
      <IconButton size="sm" label={t('models.revertRole', { name })} icon={<Undo2 size={13} aria-hidden />} disabledReason={before === null ? t('models.noWayBack') : null} onClick={() => { client.models.revertRole({ role: name }).catch(toastError); }} />
      <IconButton size="sm" label={t('models.dropName', { name })} icon={<X size={13} aria-hidden />} onClick={() => { client.models.removeRole({ role: name }).catch(toastError); }} />
    </div>
  );
}

function NewName({ version }: { version: ModelVersion }): ReactNode {
  const { t } = useTranslation();
  const { client } = useApp();
  const [kind, setKind] = useState<'alias' | 'role'>('alias');
  const [name, setName] = useState('');
  const [fault, setFault] = useState<string | undefined>(undefined);
  const add = (event: SyntheticEvent): void => {
    event.preventDefault();
    const asked = kind === 'alias' ? client.models.setAlias({ alias: name.trim(), model: version.id }) : client.models.assignRole({ role: name.trim(), model: version.id });
    asked.then(() => { setName(''); setFault(undefined); }, (error: unknown) => { const { sentence, why } = toProblem(error, t); setFault([sentence, why].filter(Boolean).join('. ')); });
  };
  return (
    <form onSubmit={add} className="flex items-end gap-2">
      <Segmented label={t('models.nameKind')} value={kind} options={[{ value: 'alias', label: t('models.alias') }, { value: 'role', label: t('models.role') }]} onChange={setKind} />
      <div className="w-56"><TextField label={t(`models.new_${kind}`)} isLabelHidden placeholder={t(`models.new_${kind}`)} value={name} onChange={setName} error={fault} /></div>
      <Button type="submit" disabledReason={name.trim() === '' ? t('models.nameMissing') : null}>{t('models.addName')}</Button>
    </form>
  );
}

/** The roles, read again when those of the version change. */
function useRoles(key: string): readonly ModelRole[] {
  const { client, toastError } = useApp();
  const [roles, setRoles] = useState<readonly ModelRole[]>([]);
  const read = useCallback(() => client.models.listRoles({}), [client]);
  useEffect(() => {
    let isGone = false;
    read().then((next) => { if (!isGone) setRoles(next); }, toastError);
    return () => { isGone = true; };
  }, [read, key, toastError]);
  return roles;
}
