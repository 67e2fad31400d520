import type { GpuFacts, GpuProbe } from './gpuProbe.ts';

/**
 * Reads through the first probe that can: the next one is asked where a probe says `absent` or `failed`. What was found usable
 * stays in use until it says so itself.
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
        return facts;
      }
      refusals.push(facts);
    }
    return refusals.find((facts) => facts.sources?.some(({ state }) => state === 'failed')) ?? refusals.at(-1) ?? { state: 'absent', gpus: [] };
  }

  async stop(): Promise<void> {
    await Promise.all(this.#probes.map(async (probe) => { await probe.stop?.(); }));
  }
}

function isUsable({ state, sources = [] }: GpuFacts): boolean {
  return state === 'slow' || sources.some((source) => source.state === 'ok' || source.state === 'slow');
}
