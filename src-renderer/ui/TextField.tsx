import type { InputHTMLAttributes, ReactNode, Ref } from 'react';
import { classNames } from '../base/classNames.ts';
import { Field, controlLook } from './Field.tsx';
import type { FieldProps } from './Field.tsx';

export interface TextFieldProps extends FieldProps, Omit<InputHTMLAttributes<HTMLInputElement>, 'value' | 'onChange' | 'disabled' | 'id'> {
  value: string;
  onChange: (value: string) => void;
  isMono?: boolean;
  ref?: Ref<HTMLInputElement>;
}

/** One line of text. */
export function TextField({ label, isLabelHidden, help, error, disabledReason, value, onChange, isMono = false, className, ...rest }: TextFieldProps): ReactNode {
  return (
    <Field label={label} isLabelHidden={isLabelHidden} help={help} error={error} disabledReason={disabledReason}>
      {(ties) => (
        <input type="text" autoComplete="off" spellCheck={false} {...rest} {...ties} value={value} onChange={(event) => { onChange(event.target.value); }} className={classNames(controlLook, isMono && 'font-mono', className)} />
      )}
    </Field>
  );
}
