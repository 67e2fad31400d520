import type { ButtonHTMLAttributes, MouseEvent, ReactNode, Ref } from 'react';
import { classNames } from '../base/classNames.ts';
import { Tooltip } from './Tooltip.tsx';

export interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'disabled' | 'children' | 'aria-label'> {
  /** Its name, read aloud and shown in the tooltip. */
  label: string;
  icon: ReactNode;
  shortcut?: string | undefined;
  disabledReason?: string | null | undefined;
  /** For a toggle: whether it is on. */
  isPressed?: boolean | undefined;
  size?: 'md' | 'sm';
  tooltipSide?: 'top' | 'right' | 'bottom' | 'left';
  ref?: Ref<HTMLButtonElement>;
}

/** A button that is only an icon, with a name. */
export function IconButton({ label, icon, shortcut, disabledReason, isPressed, size = 'md', tooltipSide = 'bottom', className, onClick, type = 'button', ...rest }: IconButtonProps): ReactNode {
  const press = (event: MouseEvent<HTMLButtonElement>): void => {
    if (disabledReason) event.preventDefault();
    else onClick?.(event);
  };
  return (
    <Tooltip content={disabledReason ? `${label}: ${disabledReason}` : label} shortcut={shortcut} side={tooltipSide}>
      <button
        {...rest}
        type={type}
        aria-label={label}
        aria-pressed={isPressed}
        aria-disabled={disabledReason ? true : undefined}
        onClick={press}
        className={classNames(
          'inline-flex shrink-0 items-center justify-center rounded-sm transition-colors duration-100',
          size === 'md' ? 'size-7' : 'size-6',
          disabledReason ? 'text-muted opacity-50' : 'text-muted hover:bg-hover hover:text-text',
          isPressed && !disabledReason && 'bg-selected text-text',
          className,
        )}
      >
        {icon}
      </button>
    </Tooltip>
  );
}
