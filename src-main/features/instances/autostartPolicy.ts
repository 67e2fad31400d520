/** An instance that is to be started, what it is made from, and what must run before it. */
export interface StartCandidate {
  readonly id: string;
  readonly blueprintId: string;
  readonly requires: readonly string[];
}

/** Whether a reference in `requires.blueprints` means a blueprint: by id or by its stem. */
export function namesBlueprint(reference: string, blueprintId: string): boolean {
  return reference === blueprintId || reference === blueprintId.replace(/^(stock|custom):/, '');
}

/**
 * Puts instances into groups to be started one after the other: each after those that it requires. Within a group the order
 * stays. What requires itself in a circle comes last, together.
 */
export function planStartGroups(candidates: readonly StartCandidate[]): string[][] {
  const groups: string[][] = [];
  let rest = [...candidates];
  while (rest.length > 0) {
    const waiting = rest;
    const isFree = ({ id, requires }: StartCandidate): boolean => !waiting.some((other) => other.id !== id && requires.some((reference) => namesBlueprint(reference, other.blueprintId)));
    const free = waiting.filter(isFree);
    const group = free.length > 0 ? free : waiting;
    groups.push(group.map(({ id }) => id));
    rest = waiting.filter((each) => !group.includes(each));
  }
  return groups;
}
