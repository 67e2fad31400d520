import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { apiKeyScope } from '#contract/apiKeys.ts';
import type { ApiKeyScope } from '#contract/apiKeys.ts';
import { useApp } from '../../app/appContext.tsx';
import { toProblem } from '../../client/problems.ts';
import type { Problem } from '../../client/problems.ts';
import { Button } from '../../ui/Button.tsx';
import { Checkbox } from '../../ui/Checkbox.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { Sheet } from '../../ui/Dialog.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Select } from '../../ui/Select.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { NumberBox } from './ConfigFields.tsx';

const DAY_MS = 86_400_000;
const lives = ['0', '1', '7', '30', '90', '365'] as const;
const limitKeys = ['requestsPerMinute', 'tokensPerMinute', 'tokensPerDay', 'concurrentRequests'] as const;
type Limits = Record<(typeof limitKeys)[number], number | null>;

/** Makes a key, and shows its secret the one time that it can be shown. */
export function NewKeySheet({ onClose }: { onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const { client } = useApp();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly ApiKeyScope[]>(['infer', 'read']);
  const [models, setModels] = useState('');
  const [limits, setLimits] = useState<Limits>({ requestsPerMinute: null, tokensPerMinute: null, tokensPerDay: null, concurrentRequests: null });
  const [life, setLife] = useState<(typeof lives)[number]>('0');
  const [secret, setSecret] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const make = (): void => {
    const expiresAtMs = life === '0' ? null : Date.now() + Number(life) * DAY_MS;
    client.apiKeys.create({ name, scopes: [...scopes], models: models.split(',').map((each) => each.trim()).filter(Boolean), ...limits, expiresAtMs }).then((made) => { setSecret(made.secret); }, (error: unknown) => { setProblem(toProblem(error, t)); });
  };
  if (secret !== null) return <Made secret={secret} onClose={onClose} />;
  const reason = name.trim() === '' ? t('models.nameMissing') : scopes.length === 0 ? t('keys.scopeMissing') : null;
  return (
    <Sheet isOpen onClose={onClose} title={t('keys.new')} description={t('keys.newText')} footer={<><Button onClick={onClose}>{t('app.cancel')}</Button><Button variant="primary" disabledReason={reason} onClick={make}>{t('keys.make')}</Button></>}>
      <form className="flex flex-col gap-4" onSubmit={(event) => { event.preventDefault(); if (reason === null) make(); }}>
        {problem === null ? null : <ErrorNote problem={problem} />}
        <TextField label={t('keys.name')} help={t('keys.nameHelp')} value={name} onChange={setName} />
        <fieldset className="flex flex-col gap-1.5"><legend className="pb-1 font-medium">{t('keys.column.scopes')}</legend>{apiKeyScope.options.map((scope) => <Checkbox key={scope} label={t(`keys.scopeText.${scope}`)} isChecked={scopes.includes(scope)} onChange={(isOn) => { setScopes(isOn ? [...scopes, scope] : scopes.filter((each) => each !== scope)); }} />)}</fieldset>
        <TextField label={t('keys.column.models')} help={t('keys.modelsHelp')} value={models} onChange={setModels} placeholder={t('keys.allModels')} />
        <div className="grid grid-cols-2 gap-3">{limitKeys.map((key) => <NumberBox key={key} placeholder={t('keys.noLimit')} label={t(`keys.limitName.${key}`)} value={limits[key]} onChange={(value) => { setLimits({ ...limits, [key]: value }); }} />)}</div>
        <Select label={t('keys.life')} value={life} options={lives.map((value) => ({ value, label: value === '0' ? t('keys.forEver') : t('keys.days', { count: Number(value) }) }))} onChange={setLife} />
        <button type="submit" hidden aria-hidden tabIndex={-1} />
      </form>
    </Sheet>
  );
}

function Made({ secret, onClose }: { secret: string; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <Sheet isOpen onClose={onClose} title={t('keys.made')} description={t('keys.madeText')} footer={<Button variant="primary" onClick={onClose}>{t('keys.kept')}</Button>}>
      <div className="flex items-center gap-3"><code className="min-w-0 flex-1 rounded-sm border border-line bg-bg px-2 py-1.5 font-mono text-sm break-all select-all">{secret}</code><CopyButton text={secret} /></div>
    </Sheet>
  );
}
