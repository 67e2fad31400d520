import type { Action } from '../../app/actions.ts';

const MOST_FOUND = 40;

/** What the palette offers for a search: all but itself; of those that are one of many, only what the words name. */
export function findActions(actions: readonly Action[], search: string): Action[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const isNamed = ({ title }: Action): boolean => words.length > 0 && words.every((word) => title.toLowerCase().includes(word));
  const listed = actions.filter(({ id, isOnlyFound }) => id !== 'app.palette' && !isOnlyFound);
  return [...listed, ...actions.filter((action) => action.isOnlyFound === true && isNamed(action)).slice(0, MOST_FOUND)];
}
