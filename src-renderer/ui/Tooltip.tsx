import { Tooltip as Primitive } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import { Kbd } from './Kbd.tsx';

export interface TooltipProps {
  /** What is said; nothing is shown when it is empty. */
  content: ReactNode;
  shortcut?: string | undefined;
  side?: 'top' | 'right' | 'bottom' | 'left';
  /** One element that takes a ref and pointer handlers. */
  children: ReactElement;
}

/** A short hint beside its control on hover and focus. */
export function Tooltip({ content, shortcut, side = 'bottom', children }: TooltipProps): ReactNode {
  if (content === null || content === undefined || content === '') return children;
  return (
    <Primitive.Root>
      <Primitive.Trigger asChild>{children}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content side={side} sideOffset={4} collisionPadding={6} className="appear z-50 flex max-w-100 items-center gap-2 rounded-sm border border-line bg-raised px-2 py-1 text-xs text-text shadow-raised">
          <span className="min-w-0 break-words">{content}</span>
          {shortcut ? <Kbd keys={shortcut} /> : null}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
