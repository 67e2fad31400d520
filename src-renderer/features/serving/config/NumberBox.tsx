import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { parseDecimal, parseWhole } from '../../../base/parseNumber.ts';
import { TextField } from '../../../ui/TextField.tsx';

interface NumberBoxProps {
  label: string;
  help?: string | undefined;
  placeholder?: string;
  /** NaN stands for a text that is no number. */
  value: number | null;
  isDecimal?: boolean;
  error?: string | undefined;
  onChange: (value: number | null) => void;
}

/** A number or nothing, shown as it was typed; what is no number becomes NaN, so that its form can refuse it. */
export function NumberBox({ label, help, placeholder, value, isDecimal = false, error, onChange }: NumberBoxProps): ReactNode {
  const { t } = useTranslation();
  const [typed, setTyped] = useState<string | null>(null);
  const parse = isDecimal ? parseDecimal : parseWhole;
  const isOwn = typed !== null && Object.is(parse(typed), value);
  const shown = value === null ? '' : String(value);
  return (
    <TextField
      label={label} help={help} error={Number.isNaN(value) ? t(isDecimal ? 'serving.fault.number' : 'serving.fault.whole') : error} inputMode={isDecimal ? 'decimal' : 'numeric'} className="tabular" placeholder={placeholder ?? t('models.fit.automatic')}
      value={isOwn ? typed : shown} onChange={(text) => { setTyped(text); onChange(parse(text)); }}
    />
  );
}
