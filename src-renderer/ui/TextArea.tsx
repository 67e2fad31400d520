import type { ReactNode, Ref, TextareaHTMLAttributes } from 'react';
import { classNames } from '../base/classNames.ts';
import { Field, controlLook } from './Field.tsx';
import type { FieldProps } from './Field.tsx';

export interface TextAreaProps extends FieldProps, Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, 'value' | 'onChange' | 'disabled' | 'id'> {
  value: string;
  onChange: (value: string) => void;
  isMono?: boolean;
  ref?: Ref<HTMLTextAreaElement>;
}

/** Several lines of text. */
export function TextArea({ label, isLabelHidden, help, error, disabledReason, layout, value, onChange, isMono = false, className, rows = 3, ...rest }: TextAreaProps): ReactNode {
  return (
    <Field label={label} isLabelHidden={isLabelHidden} help={help} error={error} disabledReason={disabledReason} layout={layout}>
      {(ties) => (
        <textarea spellCheck={false} {...rest} {...ties} rows={rows} value={value} onChange={(event) => { onChange(event.target.value); }} className={classNames(controlLook, 'h-auto py-1', isMono && 'font-mono', className)} />
      )}
    </Field>
  );
}
