import { Switch as Primitive } from 'radix-ui';
import { useId } from 'react';
import type { ReactNode } from 'react';

export interface SwitchProps {
  label: string;
  isLabelHidden?: boolean;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
  help?: ReactNode;
  disabledReason?: string | null | undefined;
}

/** Something that is on or off at once. */
export function Switch({ label, isLabelHidden = false, isOn, onChange, help, disabledReason }: SwitchProps): ReactNode {
  const id = useId();
  const note = disabledReason ?? help;
  return (
    <span className="flex min-w-0 items-start gap-2">
      <Primitive.Root id={id} checked={isOn} onCheckedChange={onChange} disabled={Boolean(disabledReason)} aria-describedby={note ? `${id}-note` : undefined} className="mt-0.5 inline-flex h-4.5 w-8 shrink-0 items-center rounded-full border border-edge bg-field px-0.5 transition-colors duration-100 disabled:border-line data-[state=checked]:border-transparent data-[state=checked]:bg-accent-fill">
        <Primitive.Thumb className="size-3 rounded-full bg-muted transition-transform duration-100 data-[state=checked]:translate-x-3.5 data-[state=checked]:bg-on-accent" />
      </Primitive.Root>
      <span className={isLabelHidden ? 'sr-only' : 'flex min-w-0 flex-col'}>
        <label htmlFor={id}>{label}</label>
        {note ? <span id={`${id}-note`} className="text-xs text-muted">{note}</span> : null}
      </span>
    </span>
  );
}
