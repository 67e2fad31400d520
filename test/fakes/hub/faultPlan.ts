import type { Fault } from './fakeRepo.ts';

/** Which faults hold for a request; counts the requests that each has met. */
export class FaultPlan {
  #faults: { fault: Fault; met: number }[] = [];

  set(faults: readonly Fault[]): void {
    this.#faults = faults.map((fault) => ({ fault, met: 0 }));
  }

  take(where: 'hub' | 'cdn', request: string): Fault[] {
    return this.#faults.filter((entry) => {
      const { on, after = 0, times = Number.POSITIVE_INFINITY } = entry.fault;
      if ((entry.fault.where ?? where) !== where || (on !== undefined && !new RegExp(on).test(request))) return false;
      entry.met += 1;
      return entry.met > after && entry.met <= after + times;
    }).map(({ fault }) => fault);
  }
}

/** The fault of this kind among those that hold. */
export function faultOf<K extends Fault['kind']>(faults: readonly Fault[], kind: K): Extract<Fault, { kind: K }> | undefined {
  return faults.find((fault): fault is Extract<Fault, { kind: K }> => fault.kind === kind);
}
