import { useId } from 'react';
import type { ReactNode } from 'react';
import { classNames } from '../base/classNames.ts';

export interface FieldProps {
  label: string;
  /** The label is read but not shown, as in a table cell. */
  isLabelHidden?: boolean | undefined;
  help?: ReactNode;
  /** What is wrong with the value; shown under it and read with it. */
  error?: string | null | undefined;
  /** Why it cannot be changed now. */
  disabledReason?: string | null | undefined;
}

/** What a control needs to be tied to its label, help and error. */
export interface ControlTies {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': true | undefined;
  disabled: boolean;
}

/** A label above its control, with help or error below. */
export function Field({ label, isLabelHidden, help, error, disabledReason, children }: FieldProps & { children: (ties: ControlTies) => ReactNode }): ReactNode {
  const id = useId();
  const note = error ?? disabledReason ?? help;
  const ties: ControlTies = {
    id,
    'aria-describedby': note ? `${id}-note` : undefined,
    'aria-invalid': error ? true : undefined,
    disabled: Boolean(disabledReason),
  };
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className={isLabelHidden ? 'sr-only' : 'text-sm text-text'}>{label}</label>
      {children(ties)}
      {note ? <p id={`${id}-note`} className={classNames('text-xs', error ? 'text-error' : 'text-muted')}>{note}</p> : null}
    </div>
  );
}

/** The look of a box that takes text. */
export const controlLook = 'h-7.5 w-full min-w-0 rounded-sm border border-edge bg-bg px-2 text-sm text-text aria-invalid:border-error disabled:border-line disabled:bg-panel disabled:text-muted';
