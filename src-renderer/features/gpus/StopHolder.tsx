import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { LeaseHolder } from '#contract/leases.ts';
import { useApp } from '../../app/appContext.tsx';
import { formatBytes } from '../../base/format.ts';
import { Button } from '../../ui/Button.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { decideAction } from '../instances/actionPolicy.ts';
import { findInstance } from './deviceView.ts';
import { useOwnerFacts } from './useDeviceFacts.ts';

interface StopHolderProps { holder: LeaseHolder; freesBytes: number; place: string }

/** Stops the instance that holds memory, after saying what that frees. */
export function StopHolder({ holder, freesBytes, place }: StopHolderProps): ReactNode {
  const { t } = useTranslation();
  const { client, toastError } = useApp();
  const facts = useOwnerFacts();
  const [isAsking, setAsking] = useState(false);
  const found = findInstance(holder.id, facts);
  const instance = found === null ? undefined : facts.instances[found.instanceId];
  const name = found?.name ?? holder.name;
  const verdict = instance === undefined ? null : decideAction('stop', instance);
  const reason = verdict === null ? t('gpus.stop.notHere') : verdict === true ? null : t(`instances.reason.${verdict}`);
  const stop = (): void => {
    setAsking(false);
    if (instance !== undefined) client.instances.stop({ instance: instance.id }).catch(toastError);
  };
  return (
    <>
      <Button size="sm" disabledReason={reason} onClick={() => { setAsking(true); }}>{t('gpus.stop.button', { name })}</Button>
      <ConfirmDialog isOpen={isAsking} onClose={() => { setAsking(false); }} title={t('gpus.stop.title', { name })} confirmLabel={t('gpus.stop.button', { name })} onConfirm={stop} isDanger>
        <p>{t('gpus.stop.text', { name, size: formatBytes(freesBytes), place })}</p>
      </ConfirmDialog>
    </>
  );
}
