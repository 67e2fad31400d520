import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Instance } from '#contract/instances.ts';
import { useApp } from '../../app/appContext.tsx';
import { useScope } from './InstancesScope.tsx';

const worthSaying: ReadonlySet<Instance['status']> = new Set(['started', 'stopped', 'error', 'backoff']);

/** Reads aloud when an instance comes up, ends or fails. */
export function useAnnouncedStatuses(): void {
  const { announce } = useApp();
  const { t } = useTranslation();
  const { store } = useScope();
  useEffect(() => store.subscribe(({ byId }, { byId: before }) => {
    for (const { id, name, status, cause } of Object.values(byId)) {
      const known = before[id];
      if (known === undefined || known.status === status || !worthSaying.has(status)) continue;
      const causeText = cause === null || status === 'started' ? '' : `, ${t(`instances.cause.${cause}.word`)}`;
      announce(t('instances.table.live', { name, status: `${t(`instances.status.${status}`)}${causeText}` }));
    }
  }), [announce, store, t]);
}
