import type { ButtonHTMLAttributes, MouseEvent, ReactElement, ReactNode, Ref } from 'react';
import { classNames } from '../base/classNames.ts';
import { Tooltip } from './Tooltip.tsx';

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'disabled'> {
  variant?: 'primary' | 'plain' | 'quiet' | 'danger';
  size?: 'md' | 'sm';
  icon?: ReactNode;
  /** Why it cannot be used now; it stays focusable and says the reason. */
  disabledReason?: string | null | undefined;
  /** The work it began is under way: pressing again does nothing. */
  isBusy?: boolean;
  shortcut?: string | undefined;
  ref?: Ref<HTMLButtonElement>;
}

const looks = {
  primary: 'bg-accent-fill text-on-accent border-transparent hover:brightness-110',
  plain: 'bg-raised text-text border-line hover:bg-hover',
  quiet: 'bg-transparent text-text border-transparent hover:bg-hover',
  danger: 'bg-error-fill text-on-accent border-transparent hover:brightness-110',
} as const;

type LookProps = Required<Pick<ButtonProps, 'variant' | 'size'>> & { isBlocked: boolean; className: string | undefined };

function toLook({ variant, size, isBlocked, className }: LookProps): string {
  return classNames(
    'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-sm border whitespace-nowrap font-medium transition-colors duration-100',
    size === 'md' ? 'h-7.5 px-2.5 text-sm' : 'h-6.5 px-2 text-xs',
    isBlocked ? 'border-line bg-transparent text-muted' : looks[variant],
    className,
  );
}

/** A button with a verb. */
export function Button({ variant = 'plain', size = 'md', icon, disabledReason, isBusy = false, shortcut, className, children, onClick, type = 'button', ...rest }: ButtonProps): ReactNode {
  const isBlocked = Boolean(disabledReason) || isBusy;
  const press = (event: MouseEvent<HTMLButtonElement>): void => {
    if (isBlocked) event.preventDefault();
    else onClick?.(event);
  };
  return (
    <ButtonTooltip reason={disabledReason} shortcut={shortcut} label={children}>
      <button {...rest} type={type} onClick={press} aria-disabled={isBlocked || undefined} aria-busy={isBusy || undefined} className={toLook({ variant, size, isBlocked, className })}>
        {icon}
        {children}
      </button>
    </ButtonTooltip>
  );
}

function ButtonTooltip({ reason, shortcut, label, children }: { reason: string | null | undefined; shortcut: string | undefined; label: ReactNode; children: ReactElement }): ReactNode {
  if (reason) return <Tooltip content={reason}>{children}</Tooltip>;
  return shortcut ? <Tooltip content={label} shortcut={shortcut}>{children}</Tooltip> : children;
}
