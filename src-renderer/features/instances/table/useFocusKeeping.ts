import { useEffect, useLayoutEffect, useRef, type RefObject } from 'react';
import { useScope, useWorkspace } from '../InstancesScope.tsx';
import { focusOn, repairFocus } from './rowNavigation.ts';
import type { TableRow } from './rowPlan.ts';
import { useRowCommands } from './useRowCommands.ts';

interface Keeping {
  scroller: RefObject<HTMLDivElement | null>;
  rows: readonly TableRow[];
  focusIndex: number;
  scrollTo: (index: number) => void;
}

/** Ties the browser's focus to the table's own: it follows moves, survives live updates, and comes back after an edit. */
export function useFocusKeeping({ scroller, rows, focusIndex, scrollTo }: Keeping): void {
  const { workspace } = useScope();
  const { setFocus } = useRowCommands();
  const focusKey = useWorkspace(({ focus }) => focus.focusKey);
  const isEditing = useWorkspace(({ editing }) => editing !== null);
  const isInside = useRef(false);
  const rowsBefore = useRef(rows);

  useEffect(() => {
    const { focus, cell } = workspace.state.getState();
    const repaired = repairFocus(rowsBefore.current, rows, focus);
    rowsBefore.current = rows;
    if (repaired !== focus) setFocus(repaired, cell);
  }, [rows, workspace, setFocus]);

  useEffect(() => {
    const table = scroller.current;
    if (table === null) return;
    const onFocusIn = (event: FocusEvent): void => {
      isInside.current = true;
      const first = rowsBefore.current[0];
      if (event.target === table && first !== undefined && workspace.state.getState().focus.focusKey === null) setFocus(focusOn(first));
    };
    const onFocusOut = (event: FocusEvent): void => {
      const isGone = event.target instanceof Element && !event.target.isConnected;
      if (!isGone && event.relatedTarget !== null) isInside.current = table.contains(event.relatedTarget as Node);
    };
    table.addEventListener('focusin', onFocusIn);
    table.addEventListener('focusout', onFocusOut);
    return () => {
      table.removeEventListener('focusin', onFocusIn);
      table.removeEventListener('focusout', onFocusOut);
    };
  }, [scroller, workspace, setFocus]);

  const isWanted = useWorkspace(({ isFocusWanted, dialog }) => isFocusWanted && dialog === null);
  useEffect(() => {
    if (!isWanted || focusIndex === -1) return;
    // After the dialog, which gives the focus back in a task of its own.
    const timer = setTimeout(() => {
      workspace.state.setState({ isFocusWanted: false });
      scroller.current?.querySelector<HTMLElement>('[data-key][tabindex="0"]')?.focus();
    }, 0);
    return () => { clearTimeout(timer); };
  }, [isWanted, focusIndex, workspace, scroller]);

  const scrollToFocus = useRef((): void => undefined);
  useLayoutEffect(() => { scrollToFocus.current = () => { if (focusIndex !== -1) scrollTo(focusIndex); }; });
  useLayoutEffect(() => { if (focusKey !== null) scrollToFocus.current(); }, [focusKey]);

  useLayoutEffect(() => {
    const table = scroller.current;
    if (focusKey === null || isEditing || !isInside.current || table === null) return;
    const active = document.activeElement;
    const isFree = active === null || active === document.body || table.contains(active);
    if (!isFree) return;
    const line = table.querySelector<HTMLElement>(`[data-key="${CSS.escape(focusKey)}"]`);
    if (line !== null && !line.contains(active)) line.focus({ preventScroll: true });
  }, [focusKey, focusIndex, isEditing, scroller]);
}
