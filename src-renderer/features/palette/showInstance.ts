import type { App } from '../../app/appContext.tsx';
import { navigate } from '../../app/route.ts';
import { workspaceOf } from '../instances/workspace.ts';

/** Goes to an instance's row, from wherever the window is; a filter that could hide it is cleared. */
export function showInstance({ stores, view }: App, id: string): void {
  const focus = { focusKey: id, anchorKey: id, selected: new Set([id]) };
  workspaceOf(stores.instances).state.setState({ filter: '', cell: null, editing: null, focus, isFocusWanted: true });
  view.setState({ selectedInstanceIds: [id] });
  navigate('instances');
}
