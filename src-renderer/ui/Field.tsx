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
  /** `beside`: label and help at the left, the control at the right, as in a page of settings. */
  layout?: 'stacked' | 'beside' | undefined;
}

/** What a control needs to be tied to its label, help and error. */
export interface ControlTies {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': true | undefined;
  disabled: boolean;
}

/** A label with its control, and help or error; stacked unless asked otherwise. */
export function Field({ label, isLabelHidden, help, error, disabledReason, layout = 'stacked', children }: FieldProps & { children: (ties: ControlTies) => ReactNode }): ReactNode {
  const id = useId();
  const note = error ?? disabledReason ?? help;
  const ties: ControlTies = {
    id,
    'aria-describedby': note ? `${id}-note` : undefined,
    'aria-invalid': error ? true : undefined,
    disabled: Boolean(disabledReason),
  };
  const words = (
    <>
      <label htmlFor={id} className={isLabelHidden ? 'sr-only' : 'text-sm text-text'}>{label}</label>
      {layout === 'stacked' ? children(ties) : null}
      <FieldNote id={`${id}-note`} isError={Boolean(error)}>{note}</FieldNote>
    </>
  );
  if (layout === 'stacked') return <div className="flex min-w-0 flex-col gap-1">{words}</div>;
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)_17rem] items-start gap-x-6">
      <div className="flex min-w-0 flex-col pt-0.5">{words}</div>
      {children(ties)}
    </div>
  );
}

function FieldNote({ id, isError, children }: { id: string; isError: boolean; children: ReactNode }): ReactNode {
  if (!children) return null;
  return <p id={id} role={isError ? 'alert' : undefined} className={classNames('text-xs', isError ? 'text-error' : 'text-muted')}>{children}</p>;
}

/** The look of a box that takes text. */
export const controlLook = 'h-7.5 w-full min-w-0 rounded-sm border border-edge bg-field px-2 text-sm text-text aria-invalid:border-error disabled:border-line disabled:bg-hover disabled:text-muted';
