import { useCallback, useEffect, useState, type ReactNode } from 'react';
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

interface PreflightSectionProps {
  instance: Instance;
  /** Without waiting for somebody to ask: beside a start that was just made. */
  isCheckedAtOnce?: boolean;
}

/** The checks of the last start, and the same again on demand. */
export function PreflightSection({ instance, isCheckedAtOnce = false }: PreflightSectionProps): ReactNode {
  const { id, preflight } = instance;
  const { t } = useTranslation();
  const { client, stores, toastError } = useApp();
  const blueprint = useStore(stores.blueprints, (state) => findBlueprint(state, instance.blueprintId));
  const [fresh, setFresh] = useState<readonly PreflightCheck[] | null>(null);
  const [isBusy, setBusy] = useState(isCheckedAtOnce);
  const ask = useCallback((signal?: AbortSignal): void => {
    client.instances.preflight({ instance: id }, signal === undefined ? {} : { signal }).then(setFresh)
      .catch((error: unknown) => { if (signal?.aborted !== true) toastError(error); })
      .finally(() => { setBusy(false); });
  }, [client, toastError, id]);
  useEffect(() => {
    if (!isCheckedAtOnce) return;
    const asking = new AbortController();
    ask(asking.signal);
    return () => { asking.abort(); };
  }, [isCheckedAtOnce, ask]);
  const checks = fresh ?? preflight;
  const checkAgain = (): void => {
    setBusy(true);
    ask();
  };
  return (
    <Section title={t('instances.preflight.title')} action={<Button size="sm" variant="quiet" isBusy={isBusy} onClick={checkAgain}>{t('instances.preflight.again')}</Button>}>
      {checks.length === 0 ? <p className="text-muted">{t(isBusy ? 'instances.create.preflightRunning' : fresh === null ? 'instances.preflight.none' : 'instances.preflight.allOk')}</p> : <PreflightList checks={checks} />}
      {blueprint === undefined || isLive(instance.status) ? null : <FitCheck requires={blueprint.header.requires} gpuIds={instance.gpuIds} />}
    </Section>
  );
}
