import { Popover as Primitive } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';

export interface PopoverProps {
  /** What it is, read aloud. */
  label: string;
  trigger: ReactElement;
  children: ReactNode;
  align?: 'start' | 'center' | 'end';
  isOpen?: boolean;
  onOpenChange?: (isOpen: boolean) => void;
  /** Before the focus goes back to the button; prevented, it does not. */
  onCloseAutoFocus?: (event: Event) => void;
}

/** A small surface beside its button. */
export function Popover({ label, trigger, children, align = 'start', isOpen, onOpenChange, onCloseAutoFocus }: PopoverProps): ReactNode {
  return (
    <Primitive.Root {...(isOpen === undefined ? {} : { open: isOpen })} {...(onOpenChange ? { onOpenChange } : {})}>
      <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content {...(onCloseAutoFocus ? { onCloseAutoFocus } : {})} aria-label={label} align={align} sideOffset={3} collisionPadding={6} className="appear z-50 max-w-120 rounded-md border border-line bg-raised p-3 text-sm text-text shadow-raised">
          {children}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
