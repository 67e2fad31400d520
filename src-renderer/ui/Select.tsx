import { Select as Primitive } from 'radix-ui';
import { Check, ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from '../base/classNames.ts';
import { Field, controlLook } from './Field.tsx';
import type { FieldProps } from './Field.tsx';

export interface SelectOption<V extends string = string> {
  /** Not empty. */
  value: V;
  label: string;
  /** A muted word behind the label. */
  hint?: string | undefined;
  disabledReason?: string | null | undefined;
}

export interface SelectProps<V extends string = string> extends FieldProps {
  /** Null shows the placeholder. */
  value: V | null;
  options: readonly SelectOption<V>[];
  onChange: (value: V) => void;
  placeholder?: string;
  className?: string;
}

/** One of a few known values. */
export function Select<V extends string>({ value, options, onChange, placeholder, className, ...field }: SelectProps<V>): ReactNode {
  const choose = (chosen: string): void => {
    const option = options.find((candidate) => candidate.value === chosen);
    if (option) onChange(option.value);
  };
  return (
    <Field {...field}>
      {(ties) => (
        <Primitive.Root value={value ?? ''} onValueChange={choose} disabled={ties.disabled}>
          <Primitive.Trigger {...ties} className={classNames(controlLook, 'flex items-center justify-between gap-2 text-left', className)}>
            <span className="truncate"><Primitive.Value placeholder={placeholder} /></span>
            <Primitive.Icon><ChevronDown size={14} aria-hidden /></Primitive.Icon>
          </Primitive.Trigger>
          <Primitive.Portal>
            <Primitive.Content position="popper" sideOffset={3} collisionPadding={6} className="appear z-50 max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) overflow-hidden rounded-md border border-line bg-raised text-sm text-text shadow-raised">
              <Primitive.Viewport className="p-1">
                {options.map((option) => <SelectRow key={option.value} option={option} />)}
              </Primitive.Viewport>
            </Primitive.Content>
          </Primitive.Portal>
        </Primitive.Root>
      )}
    </Field>
  );
}

function SelectRow({ option }: { option: SelectOption }): ReactNode {
  return (
    <Primitive.Item value={option.value} disabled={Boolean(option.disabledReason)} className="flex min-h-7 items-center gap-2 rounded-sm px-2 outline-none data-disabled:text-muted data-highlighted:bg-hover">
      <span className="inline-flex w-4 shrink-0"><Primitive.ItemIndicator><Check size={14} aria-hidden /></Primitive.ItemIndicator></span>
      <Primitive.ItemText>{option.label}</Primitive.ItemText>
      <span className="ml-auto pl-4 text-xs text-muted">{option.disabledReason ?? option.hint}</span>
    </Primitive.Item>
  );
}
