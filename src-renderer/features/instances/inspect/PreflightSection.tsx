import { useCallback, useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Instance, PreflightCheck } from '#contract/instances.ts';
import { useApp } from '../../../app/appContext.tsx';
import { Button } from '../../../ui/Button.tsx';
import { PreflightList } from './PreflightList.tsx';
import { Section } from './Section.tsx';

interface PreflightSectionProps {
  instance: Instance;
  /** Without waiting for somebody to ask: beside a start that was just made. */
  isCheckedAtOnce?: boolean;
}

/** The checks of the last start, and the same again on demand. */
export function PreflightSection({ instance: { id, preflight }, isCheckedAtOnce = false }: PreflightSectionProps): ReactNode {
  const { t } = useTranslation();
  const { client, toastError } = useApp();
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
    </Section>
  );
}
