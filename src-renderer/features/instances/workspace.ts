import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Instance } from '#contract/instances.ts';
import { noEdits, type EditField, type EditState } from './edit/editModel.ts';
import type { InstanceStore } from './instanceStore.ts';
import { noFocus, type RowFocus } from './table/rowNavigation.ts';
import type { ColumnId } from './table/tableView.ts';

/** A question or a form over the table. */
export type OpenDialog =
  | { kind: 'create'; blueprintId: string | null }
  | { kind: 'review' }
  | { kind: 'trash'; instances: readonly Instance[] }
  | { kind: 'unparsed'; instance: Instance };

/** What the window knows about the table beside the instances: where the person is and what is half done. */
export interface WorkspaceState {
  filter: string;
  focus: RowFocus;
  /** The cell within the focused row that the arrows have gone to; null is the row itself. */
  cell: ColumnId | null;
  editing: { instanceId: string; field: EditField } | null;
  dialog: OpenDialog | null;
  /** A row that was just made shall have the keyboard once no dialog is in the way. */
  isFocusWanted: boolean;
}

export interface Workspace {
  state: StoreApi<WorkspaceState>;
  edits: StoreApi<EditState>;
}

const workspaces = new WeakMap<InstanceStore, Workspace>();

/** The one workspace beside a store of instances: it outlives the area, so that edits and focus survive a look elsewhere. */
export function workspaceOf(store: InstanceStore): Workspace {
  const existing = workspaces.get(store);
  if (existing !== undefined) return existing;
  const workspace = createWorkspace();
  workspaces.set(store, workspace);
  return workspace;
}

function createWorkspace(): Workspace {
  return {
    state: createStore<WorkspaceState>(() => ({ filter: '', focus: noFocus, cell: null, editing: null, dialog: null, isFocusWanted: false })),
    edits: createStore<EditState>(() => noEdits),
  };
}
