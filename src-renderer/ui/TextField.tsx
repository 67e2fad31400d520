import type { InputHTMLAttributes, ReactNode, Ref } from 'react';
import { classNames } from '../base/classNames.ts';
import { Field, controlLook } from './Field.tsx';
import type { FieldProps } from './Field.tsx';

export interface TextFieldProps extends FieldProps, Omit<InputHTMLAttributes<HTMLInputElement>, 'value' | 'onChange' | 'disabled' | 'id'> {
  value: string;
  onChange: (value: string) => void;
  isMono?: boolean;
  /** Stands behind the box. */
  unit?: string | undefined;
  ref?: Ref<HTMLInputElement>;
}

/** One line of text. */
export function TextField({ label, isLabelHidden, help, error, disabledReason, layout, value, onChange, isMono = false, unit, className, ...rest }: TextFieldProps): ReactNode {
  return (
    <Field label={label} isLabelHidden={isLabelHidden} help={help} error={error} disabledReason={disabledReason} layout={layout}>
      {(ties) => (
        <span className="flex min-w-0 items-center gap-2">
          <input type="text" autoComplete="off" spellCheck={false} {...rest} {...ties} value={value} onChange={(event) => { onChange(event.target.value); }} className={classNames(controlLook, isMono && 'font-mono', className)} />
          {unit ? <span className="shrink-0 text-muted">{unit}</span> : null}
        </span>
      )}
    </Field>
  );
}
