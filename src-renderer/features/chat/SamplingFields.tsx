import { useLayoutEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { chatSampling } from '#contract/conversations.ts';
import type { ChatSampling } from '#contract/conversations.ts';
import { parseDecimal, parseWhole } from '../../base/parseNumber.ts';
import { TextField } from '../../ui/TextField.tsx';
import { useAtEnd } from './useAtEnd.ts';

const fields = ['temperature', 'topP', 'topK', 'minP', 'maxTokens', 'seed'] as const;
type NumberKey = (typeof fields)[number];

/** Every number may be left empty: then the model's own default is taken. */
export function SamplingFields({ sampling, onChange }: { sampling: ChatSampling; onChange: (next: ChatSampling) => void }): ReactNode {
  const { t } = useTranslation();
  // Two fields that are left in one moment both count, before the first change has come back.
  const latest = useRef(sampling);
  useLayoutEffect(() => { latest.current = sampling; }, [sampling]);
  const change = (part: Partial<ChatSampling>): void => {
    latest.current = { ...latest.current, ...part };
    onChange(latest.current);
  };
  return (
    <>
      <div className="grid grid-cols-2 gap-2.5">
        {fields.map((key) => <SamplingField key={key} name={key} value={sampling[key]} onChange={(value) => { change({ [key]: value }); }} />)}
      </div>
      <StopField value={sampling.stop} onChange={(stop) => { change({ stop }); }} label={t('chat.sampling.stop')} help={t('chat.sampling.stopHelp')} />
    </>
  );
}

function SamplingField({ name, value, onChange }: { name: NumberKey; value: number | null; onChange: (value: number | null) => void }): ReactNode {
  const { t } = useTranslation();
  const [text, setText] = useState<string | null>(null);
  const parsed = text === null ? value : parseValue(name, text);
  const save = (): void => {
    if (text === null || parsed === undefined) return;
    if (parsed !== value) onChange(parsed);
    setText(null);
  };
  useAtEnd(save);
  return (
    <TextField
      label={t(`chat.sampling.${name}`)} error={parsed === undefined ? t(`chat.sampling.wrong.${name}`) : null} placeholder={t('chat.sampling.default')} inputMode="decimal"
      value={text ?? (value === null ? '' : String(value))} onChange={setText} onBlur={save} onKeyDown={(event) => { if (event.key === 'Enter') save(); }} className="tabular text-right"
    />
  );
}

/** Null for an empty box, undefined for what cannot be taken. */
function parseValue(name: NumberKey, text: string): number | null | undefined {
  const number = name === 'topK' || name === 'maxTokens' || name === 'seed' ? parseWhole(text) : parseDecimal(text);
  const parsed = chatSampling.shape[name].safeParse(number);
  return parsed.success ? parsed.data : undefined;
}

function StopField({ value, onChange, label, help }: { value: readonly string[]; onChange: (value: string[]) => void; label: string; help: string }): ReactNode {
  const [text, setText] = useState<string | null>(null);
  const save = (): void => {
    if (text !== null) onChange(text.split(',').map((one) => one.trim()).filter((one) => one !== '').slice(0, 8));
    setText(null);
  };
  useAtEnd(save);
  return <TextField label={label} help={help} isMono value={text ?? value.join(', ')} onChange={setText} onBlur={save} onKeyDown={(event) => { if (event.key === 'Enter') save(); }} />;
}
