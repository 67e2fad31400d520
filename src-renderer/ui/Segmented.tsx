import { ToggleGroup } from 'radix-ui';
import type { ReactNode } from 'react';

export interface SegmentedProps<V extends string> {
  /** What is chosen, read aloud. */
  label: string;
  value: V;
  options: readonly { value: V; label: string; icon?: ReactNode }[];
  onChange: (value: V) => void;
  disabled?: boolean;
}

/** Two to five choices side by side. */
export function Segmented<V extends string>({ label, value, options, onChange, disabled = false }: SegmentedProps<V>): ReactNode {
  const choose = (chosen: string): void => {
    const option = options.find((candidate) => candidate.value === chosen);
    if (option) onChange(option.value);
  };
  return (
    <ToggleGroup.Root type="single" aria-label={label} value={value} onValueChange={choose} disabled={disabled} className="inline-flex h-7.5 w-fit rounded-sm border border-edge bg-bg p-0.5">
      {options.map((option) => (
        <ToggleGroup.Item key={option.value} value={option.value} className="inline-flex items-center gap-1.5 rounded-sm px-2 text-sm text-muted hover:text-text data-[state=on]:bg-selected data-[state=on]:text-text">
          {option.icon}
          {option.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
