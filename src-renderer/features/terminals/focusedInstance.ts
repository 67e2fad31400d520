import { useStore } from 'zustand';
import { useApp } from '../../app/appContext.tsx';
import type { App } from '../../app/appContext.tsx';

export interface FocusedInstance { id: string; name: string }

/** The instance in focus in the table; null when none is. */
export function getFocusedInstance({ view, stores }: App): FocusedInstance | null {
  const id = view.getState().selectedInstanceIds[0];
  const instance = id === undefined ? undefined : stores.instances.getState().byId[id];
  return instance === undefined ? null : { id: instance.id, name: instance.name };
}

export function useFocusedInstance(): FocusedInstance | null {
  const { view, stores } = useApp();
  const id = useStore(view, ({ selectedInstanceIds }) => selectedInstanceIds[0] ?? '');
  const name = useStore(stores.instances, ({ byId }) => byId[id]?.name);
  return name === undefined ? null : { id, name };
}
