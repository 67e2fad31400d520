import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ApiKey, ApiKeySettings } from '#contract/apiKeys.ts';
import { useApp } from '../../../app/appContext.tsx';
import { toProblem } from '../../../client/problems.ts';
import type { Problem } from '../../../client/problems.ts';
import { Button } from '../../../ui/Button.tsx';
import { CopyButton } from '../../../ui/CopyButton.tsx';
import { Sheet } from '../../../ui/Dialog.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { findFault, toFaultSentence, toFieldSentence } from '../config/faults.ts';
import { KeyFields } from './KeyFields.tsx';
import { findKeyFaults, readKeyDraft, toKeyDraft } from './keyDraft.ts';

/** Makes a key and shows its secret the one time that it can be shown, or changes what a key may. */
export function KeySheet({ apiKey, onClose }: { apiKey: ApiKey | null; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const [before] = useState(() => toKeyDraft(apiKey));
  const [draft, setDraft] = useState(before);
  const { save, secret, problem } = useSaveKey(apiKey, onClose);
  if (secret !== null) return <Made secret={secret} onClose={onClose} />;
  const faults = findKeyFaults(draft);
  const [fault] = faults;
  const reason = fault === undefined ? null : `${t(`keys.field.${fault.field}`)}: ${toFaultSentence(fault, t)}`;
  const submit = (): void => { save(readKeyDraft(draft, Date.now())); };
  const faultOf = (field: string): string | undefined => toFieldSentence(findFault(faults, field), t);
  return (
    <Sheet isOpen onClose={onClose} leaving={JSON.stringify(draft) === JSON.stringify(before) ? 'closes' : 'asks'} title={apiKey === null ? t('keys.new') : t('keys.editOf', { name: apiKey.name })} description={t(apiKey === null ? 'keys.newText' : 'keys.editText')} footer={<><Button onClick={onClose}>{t('app.cancel')}</Button><Button variant="primary" disabledReason={reason} onClick={submit}>{t(apiKey === null ? 'keys.make' : 'keys.save')}</Button></>}>
      <form className="flex flex-col gap-4" onSubmit={(event) => { event.preventDefault(); if (reason === null) submit(); }}>
        {problem === null ? null : <ErrorNote problem={problem} />}
        <KeyFields draft={draft} set={(part) => { setDraft((last) => ({ ...last, ...part })); }} faultOf={faultOf} />
        <button type="submit" hidden aria-hidden tabIndex={-1} />
      </form>
    </Sheet>
  );
}

function useSaveKey(apiKey: ApiKey | null, onDone: () => void): { save: (settings: ApiKeySettings) => void; secret: string | null; problem: Problem | null } {
  const { t } = useTranslation();
  const { client } = useApp();
  const [secret, setSecret] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const fail = (error: unknown): void => { setProblem(toProblem(error, t)); };
  const save = (settings: ApiKeySettings): void => {
    if (apiKey === null) client.apiKeys.create(settings).then((made) => { setSecret(made.secret); }, fail);
    else client.apiKeys.update({ key: apiKey.id, set: settings }).then(onDone, fail);
  };
  return { save, secret, problem };
}

function Made({ secret, onClose }: { secret: string; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <Sheet isOpen onClose={onClose} leaving="stays" title={t('keys.made')} description={t('keys.madeText')} footer={<Button variant="primary" onClick={onClose}>{t('keys.kept')}</Button>}>
      <div className="flex items-center gap-3"><code className="min-w-0 flex-1 rounded-sm border border-line bg-bg px-2 py-1.5 font-mono text-sm break-all select-all">{secret}</code><CopyButton text={secret} /></div>
    </Sheet>
  );
}
