import { ContextMenu as ContextPrimitive, DropdownMenu as DropdownPrimitive } from 'radix-ui';
import { Check } from 'lucide-react';
import { useState } from 'react';
import type { ComponentType, ReactElement, ReactNode } from 'react';
import { classNames } from '../base/classNames.ts';
import { Kbd } from './Kbd.tsx';

export interface MenuItem {
  id: string;
  label: string;
  icon?: ReactNode;
  shortcut?: string | undefined;
  /** Why it cannot be chosen now; shown beside the label. */
  disabledReason?: string | null | undefined;
  isDanger?: boolean;
  /** For an item that is a choice: whether it is on. The menu stays open when it is set. */
  isChecked?: boolean;
  onSelect: () => void;
}
export type MenuEntry = MenuItem | { heading: string } | 'separator';
/** A function is asked each time the menu opens. */
export type MenuEntries = readonly MenuEntry[] | (() => readonly MenuEntry[]);

export interface DropdownMenuProps {
  items: MenuEntries;
  /** One element that takes a ref: the button that opens the menu. */
  trigger: ReactElement;
  align?: 'start' | 'center' | 'end';
  side?: 'top' | 'right' | 'bottom' | 'left';
}

const surface = 'appear z-50 max-h-(--radix-popper-available-height) min-w-44 overflow-y-auto rounded-md border border-line bg-raised p-1 text-sm text-text shadow-raised';

/** A menu that opens from a button. */
export function DropdownMenu({ items, trigger, align = 'end', side = 'bottom' }: DropdownMenuProps): ReactNode {
  return (
    <DropdownPrimitive.Root modal={false}>
      <DropdownPrimitive.Trigger asChild>{trigger}</DropdownPrimitive.Trigger>
      <DropdownPrimitive.Portal>
        <DropdownPrimitive.Content align={align} side={side} sideOffset={3} collisionPadding={6} className={surface} style={{ maxHeight: 'var(--radix-dropdown-menu-content-available-height)' }}>
          <MenuBody items={items} parts={DropdownPrimitive} />
        </DropdownPrimitive.Content>
      </DropdownPrimitive.Portal>
    </DropdownPrimitive.Root>
  );
}

export interface ContextMenuProps {
  items: MenuEntries;
  /** One element that takes a ref: where the right button or the menu key opens it. */
  children: ReactElement;
  onOpenChange?: (isOpen: boolean) => void;
}

/** The same menu under the right mouse button and the menu key. */
export function ContextMenu({ items, children, onOpenChange }: ContextMenuProps): ReactNode {
  return (
    <ContextPrimitive.Root modal={false} onOpenChange={(isOpen) => { onOpenChange?.(isOpen); }}>
      <ContextPrimitive.Trigger asChild>{children}</ContextPrimitive.Trigger>
      <ContextPrimitive.Portal>
        <ContextPrimitive.Content collisionPadding={6} className={surface} style={{ maxHeight: 'var(--radix-context-menu-content-available-height)' }}>
          <MenuBody items={items} parts={ContextPrimitive} />
        </ContextPrimitive.Content>
      </ContextPrimitive.Portal>
    </ContextPrimitive.Root>
  );
}

interface ItemProps { disabled?: boolean; className?: string; onSelect?: (event: Event) => void; children?: ReactNode; textValue?: string }
interface MenuParts {
  Item: ComponentType<ItemProps>;
  CheckboxItem: ComponentType<ItemProps & { checked?: boolean }>;
  Label: ComponentType<{ className?: string; children?: ReactNode }>;
  Separator: ComponentType<{ className?: string }>;
}

function MenuBody({ items, parts }: { items: MenuEntries; parts: MenuParts }): ReactNode {
  const [openedWith] = useState(() => (typeof items === 'function' ? items() : null));
  const entries = openedWith ?? (typeof items === 'function' ? [] : items);
  return entries.map((entry, index) => <MenuRow key={keyOf(entry, index)} entry={entry} parts={parts} />);
}

function keyOf(entry: MenuEntry, index: number): string {
  return typeof entry === 'object' && 'id' in entry ? entry.id : `between-${index}`;
}

function MenuRow({ entry, parts }: { entry: MenuEntry; parts: MenuParts }): ReactNode {
  if (entry === 'separator') return <parts.Separator className="my-1 h-px bg-line" />;
  if ('heading' in entry) return <parts.Label className="px-2 pt-1 pb-0.5 text-xs text-muted">{entry.heading}</parts.Label>;
  const props: ItemProps = {
    textValue: entry.label,
    disabled: Boolean(entry.disabledReason),
    className: classNames(
      'flex min-h-7 items-center gap-2 rounded-sm px-2 outline-none data-highlighted:bg-hover',
      entry.disabledReason ? 'text-muted' : entry.isDanger && 'text-error',
    ),
    onSelect: (event) => {
      if (entry.isChecked !== undefined) event.preventDefault();
      entry.onSelect();
    },
  };
  return entry.isChecked === undefined
    ? <parts.Item {...props}><MenuRowContent item={entry} /></parts.Item>
    : <parts.CheckboxItem {...props} checked={entry.isChecked}><MenuRowContent item={entry} /></parts.CheckboxItem>;
}

function MenuRowContent({ item }: { item: MenuItem }): ReactNode {
  return (
    <>
      <span className="inline-flex w-4 shrink-0 justify-center">{item.isChecked ? <Check size={14} aria-hidden /> : item.icon}</span>
      <span className="flex-1 whitespace-nowrap">{item.label}</span>
      {item.disabledReason ? <span className="max-w-60 truncate pl-4 text-xs text-muted">{item.disabledReason}</span> : null}
      {item.shortcut ? <Kbd keys={item.shortcut} /> : null}
    </>
  );
}
