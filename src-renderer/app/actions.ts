import { useLayoutEffect, useRef } from 'react';
import type { Action } from './actionRegistry.ts';
import { useApp } from './appContext.tsx';

export type { Action } from './actionRegistry.ts';

/** Offers actions for as long as the component is on screen; they may be new objects at every render. */
export function useActions(actions: readonly Action[]): void {
  const { actions: registry } = useApp();
  const latest = useRef(actions);
  useLayoutEffect(() => { latest.current = actions; });
  useLayoutEffect(() => registry.register(() => latest.current), [registry]);
}
