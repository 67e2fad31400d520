import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { LeaseHolder } from '#contract/leases.ts';
import { useApp } from '../../app/appContext.tsx';
import { toHash } from '../../app/route.ts';
import { findInstance } from './deviceView.ts';
import { useOwnerFacts } from './useDeviceFacts.ts';

/** The name of an instance; it opens its details. */
export function InstanceLink({ instanceId, name }: { instanceId: string; name: string }): ReactNode {
  const { view } = useApp();
  const choose = (): void => { view.setState({ selectedInstanceIds: [instanceId], isInspectorOpen: true }); };
  return <a href={toHash('instances')} onClick={choose} className="min-w-0 truncate rounded-sm text-accent underline-offset-2 hover:underline" title={name}>{name}</a>;
}

/** Who holds or wants memory: the instance as a link, or what else it is and its name. */
export function HolderName({ holder }: { holder: LeaseHolder }): ReactNode {
  const { t } = useTranslation();
  const instance = findInstance(holder.id, useOwnerFacts());
  if (instance !== null) return <InstanceLink {...instance} />;
  return <span className="min-w-0 truncate" title={holder.name}>{holder.name} <span className="text-muted">{t(`gpus.holder.${holder.kind}`)}</span></span>;
}
