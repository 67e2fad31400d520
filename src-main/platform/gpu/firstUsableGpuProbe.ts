import type { GpuFacts, GpuProbe } from './gpuProbe.ts';

/**
 * Reads through the first probe that can: the next one is asked where a probe says `absent` or `failed`. What was found usable
 * stays in use until it says so itself, and the source's reason says why an earlier one is not used.
 */
export class FirstUsableGpuProbe implements GpuProbe {
  readonly #probes: readonly GpuProbe[];

  constructor(probes: readonly GpuProbe[]) {
    this.#probes = probes;
  }

  async read(): Promise<GpuFacts> {
    const refusals: GpuFacts[] = [];
    for (const [at, probe] of this.#probes.entries()) {
      const facts = await probe.read();
      if (isUsable(facts)) {
        await Promise.all(this.#probes.slice(at + 1).map(async (later) => { await later.stop?.(); }));
        return withReason(facts, refusals);
      }
      refusals.push(facts);
    }
    return refusals.find((facts) => facts.sources?.some(({ state }) => state === 'failed')) ?? refusals.at(-1) ?? { state: 'absent', gpus: [] };
  }

  async stop(): Promise<void> {
    await Promise.all(this.#probes.map(async (probe) => { await probe.stop?.(); }));
  }
}

/** Says of the probe in use why the one before it is not. */
function withReason(facts: GpuFacts, refusals: readonly GpuFacts[]): GpuFacts {
  const reason = refusals.flatMap(({ sources = [] }) => sources).find((source) => source.reason !== null)?.reason ?? null;
  return { ...facts, sources: (facts.sources ?? []).map((source) => ({ ...source, reason: source.reason ?? reason })) };
}

function isUsable({ state, sources = [] }: GpuFacts): boolean {
  return state === 'slow' || sources.some((source) => source.state === 'ok' || source.state === 'slow');
}
