import { Checkbox as Primitive } from 'radix-ui';
import { Check, Minus } from 'lucide-react';
import { useId } from 'react';
import type { ReactNode } from 'react';

export interface CheckboxProps {
  label: string;
  isLabelHidden?: boolean;
  isChecked: boolean | 'mixed';
  onChange: (isChecked: boolean) => void;
  help?: ReactNode;
  disabledReason?: string | null | undefined;
}

/** A choice among several, or of rows. */
export function Checkbox({ label, isLabelHidden = false, isChecked, onChange, help, disabledReason }: CheckboxProps): ReactNode {
  const id = useId();
  const note = disabledReason ?? help;
  return (
    <span className="flex min-w-0 items-start gap-2">
      <Primitive.Root
        id={id}
        checked={isChecked === 'mixed' ? 'indeterminate' : isChecked}
        onCheckedChange={(checked) => { onChange(checked === true); }}
        disabled={Boolean(disabledReason)}
        aria-describedby={note ? `${id}-note` : undefined}
        className="mt-0.5 inline-flex size-4.5 shrink-0 items-center justify-center rounded-sm border border-edge bg-field text-on-accent disabled:border-line data-[state=checked]:border-transparent data-[state=checked]:bg-accent-fill data-[state=indeterminate]:border-transparent data-[state=indeterminate]:bg-accent-fill"
      >
        <Primitive.Indicator>{isChecked === 'mixed' ? <Minus size={12} aria-hidden /> : <Check size={12} aria-hidden />}</Primitive.Indicator>
      </Primitive.Root>
      <span className={isLabelHidden ? 'sr-only' : 'flex min-w-0 flex-col'}>
        <label htmlFor={id}>{label}</label>
        {note ? <span id={`${id}-note`} className="text-xs text-muted">{note}</span> : null}
      </span>
    </span>
  );
}
