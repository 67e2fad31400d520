
export interface PortPool { readonly first: number; readonly last: number }

/** The ports to try, in order: the blueprint's own first, then the pool from its lowest; never one that is taken. */
export function planPortCandidates({ preferred, pool, taken }: { preferred: number | null; pool: PortPool; taken: ReadonlySet<number> }): number[] {
  const candidates = preferred === null || taken.has(preferred) ? [] : [preferred];
  for (let port = pool.first; port <= pool.last; port += 1) {
    if (!taken.has(port) && port !== preferred) candidates.push(port);
  }
  return candidates;
}

/** Whether an explicit port is one of the pool's. */
export function isInPool(port: number, pool: PortPool): boolean {
  return port >= pool.first && port <= pool.last;
}

/** The variable that tells a script one of its further ports. */
export function toPortVariable(name: string): string {
  return `WEBUI_PORT_${name.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}`;
}
