import { useState } from 'react';
import type { ReactNode, Ref } from 'react';
import { classNames } from '../base/classNames.ts';
import { Field, controlLook } from './Field.tsx';
import type { FieldProps } from './Field.tsx';

export interface NumberFieldProps extends FieldProps {
  /** Null is shown as an empty box. */
  value: number | null;
  /** Called with null for an empty box and for what is no number. */
  onChange: (value: number | null) => void;
  min?: number;
  max?: number;
  unit?: string;
  placeholder?: string;
  onBlur?: () => void;
  onKeyDown?: (event: React.KeyboardEvent<HTMLInputElement>) => void;
  ref?: Ref<HTMLInputElement>;
}

/** A whole number, right-aligned, with its unit beside it. */
export function NumberField({ value, onChange, min, max, unit, placeholder, onBlur, onKeyDown, ref, ...field }: NumberFieldProps): ReactNode {
  const [draft, setDraft] = useState<string | null>(null);
  const change = (text: string): void => {
    setDraft(text);
    onChange(/^-?\d+$/.test(text.trim()) ? Number(text) : null);
  };
  return (
    <Field {...field}>
      {(ties) => (
        <span className="flex items-center gap-2">
          <input
            {...ties}
            ref={ref}
            inputMode="numeric"
            autoComplete="off"
            placeholder={placeholder}
            role="spinbutton"
            aria-valuenow={value ?? undefined}
            aria-valuemin={min}
            aria-valuemax={max}
            value={draft ?? (value === null ? '' : String(value))}
            onChange={(event) => { change(event.target.value); }}
            onBlur={() => { setDraft(null); onBlur?.(); }}
            onKeyDown={onKeyDown}
            className={classNames(controlLook, 'tabular text-right')}
          />
          {unit ? <span className="shrink-0 text-muted">{unit}</span> : null}
        </span>
      )}
    </Field>
  );
}
