import { createContext, use, useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { Instance } from '#contract/instances.ts';
import { useApp } from '../../app/appContext.tsx';
import { createInstanceCommands, type InstanceCommands } from './instanceCommands.ts';
import type { InstanceState, InstanceStore } from './instanceStore.ts';
import type { EditState } from './edit/editModel.ts';
import { workspaceOf, type Workspace, type WorkspaceState } from './workspace.ts';

interface Scope { store: InstanceStore; workspace: Workspace; commands: InstanceCommands }

const ScopeContext = createContext<Scope | null>(null);

/** Gives every part of the area the same store, workspace and commands. */
export function InstancesScope({ children }: { children: ReactNode }): ReactNode {
  const { client, view, toast, toastError, stores } = useApp();
  const { t } = useTranslation();
  const scope = useMemo((): Scope => {
    const workspace = workspaceOf(stores.instances);
    return { store: stores.instances, workspace, commands: createInstanceCommands({ client, view, toast, toastError, workspace, t }) };
  }, [client, view, toast, toastError, stores, t]);
  return <ScopeContext value={scope}>{children}</ScopeContext>;
}

export function useScope(): Scope {
  const scope = use(ScopeContext);
  if (scope === null) throw new Error('useScope outside of InstancesScope');
  return scope;
}

export function useInstances<T>(select: (state: InstanceState) => T): T {
  return useStore(useScope().store, select);
}

export function useInstance(id: string): Instance | undefined {
  return useInstances(({ byId }) => byId[id]);
}

export function useWorkspace<T>(select: (state: WorkspaceState) => T): T {
  return useStore(useScope().workspace.state, select);
}

export function useEdits<T>(select: (state: EditState) => T): T {
  return useStore(useScope().workspace.edits, select);
}
