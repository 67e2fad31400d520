import type { KeyboardEvent } from 'react';
import { useScope } from '../InstancesScope.tsx';
import { handleRowKey, type KeyScene } from './tableKeys.ts';
import { useRowCommands } from './useRowCommands.ts';

/** Every key of the table while a row, not a control inside it, has the focus. */
export function useTableKeys(place: Pick<KeyScene, 'rows' | 'columnIds' | 'onToggleGroup'> & { pageSize: () => number }): (event: KeyboardEvent) => void {
  const scope = useScope();
  const rowCommands = useRowCommands();
  return (event) => {
    const isOnRow = event.target instanceof HTMLElement && event.target.dataset['key'] !== undefined;
    if (!isOnRow || event.altKey) return;
    const press = { key: event.key, isCommand: event.ctrlKey || event.metaKey, isShift: event.shiftKey };
    if (!handleRowKey({ ...place, ...scope, rowCommands, pageSize: place.pageSize() }, press)) return;
    event.preventDefault();
    event.stopPropagation();
  };
}
