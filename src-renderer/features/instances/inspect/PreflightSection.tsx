import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Instance, PreflightCheck } from '#contract/instances.ts';
import { useStore } from 'zustand';
import { useApp } from '../../../app/appContext.tsx';
import { Button } from '../../../ui/Button.tsx';
import { findBlueprint } from '../../blueprints/blueprintStore.ts';
import { FitCheck } from '../../gpus/FitCheck.tsx';
import { isLive } from '../statusView.ts';
import { PreflightList } from './PreflightList.tsx';
import { Section } from './Section.tsx';

/** The checks of the last start, and the same again on demand. */
export function PreflightSection({ instance }: { instance: Instance }): ReactNode {
  const { t } = useTranslation();
  const { client, stores, toastError } = useApp();
  const blueprint = useStore(stores.blueprints, (state) => findBlueprint(state, instance.blueprintId));
  const [fresh, setFresh] = useState<readonly PreflightCheck[] | null>(null);
  const [isBusy, setBusy] = useState(false);
  const checks = fresh ?? instance.preflight;
  const check = async (): Promise<void> => {
    setBusy(true);
    try {
      setFresh(await client.instances.preflight({ instance: instance.id }));
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
  };
  const action = <Button size="sm" variant="quiet" isBusy={isBusy} onClick={() => check()}>{t('instances.preflight.again')}</Button>;
  return (
    <Section title={t('instances.preflight.title')} action={action}>
      {checks.length === 0 ? <p className="text-muted">{t('instances.preflight.none')}</p> : <PreflightList checks={checks} />}
      {blueprint === undefined || isLive(instance.status) ? null : <FitCheck requires={blueprint.header.requires} gpuIds={instance.gpuIds} />}
    </Section>
  );
}
