const BYTES_PER_MIB = 1_048_576;

/** Bytes that llama.cpp says it holds. `kvBytes` counts the recurrent state of models that have one too. */
export interface LlamaMemory { readonly weightsBytes: number; readonly kvBytes: number; readonly computeBytes: number }

const none: LlamaMemory = { weightsBytes: 0, kvBytes: 0, computeBytes: 0 };
const kinds = { model: 'weightsBytes', KV: 'kvBytes', RS: 'kvBytes', compute: 'computeBytes', output: 'computeBytes', LoRA: 'weightsBytes' } as const;

/**
 * Adds up the buffers that llama.cpp's log names, such as `CUDA0 KV buffer size = 12.50 MiB`, by side.
 * Source: load_tensors, llama_kv_cache, llama_memory_recurrent, llama_context and sched_reserve of llama.cpp v0.4.0. The
 * compute buffer of a device is said again when it grows; the last one counts.
 */
export class MemoryLog {
  readonly #sizes = new Map<string, { isGpu: boolean; kind: keyof LlamaMemory; bytes: number }>();

  /** Takes one line; true when it changed a figure. */
  take(line: string): boolean {
    const [, source = '', device = '', kind = '', mib = ''] = /^(\w+):\s+(\S+)\s+(model|KV|RS|compute|output|LoRA) buffer size =\s*([\d.]+) MiB/.exec(line.trim()) ?? [];
    if (!isKind(kind)) return false;
    const key = kind === 'compute' || kind === 'output' ? `${device} ${kind}` : `${source} ${device} ${kind} ${this.#sizes.size}`;
    this.#sizes.set(key, { isGpu: !/^CPU|_Host$|^BLAS/.test(device), kind: kinds[kind], bytes: Math.round(Number(mib) * BYTES_PER_MIB) });
    return true;
  }

  read(): { gpu: LlamaMemory; ram: LlamaMemory } {
    const sum = (isGpu: boolean): LlamaMemory => [...this.#sizes.values()]
      .filter((size) => size.isGpu === isGpu)
      .reduce((total, { kind, bytes }) => ({ ...total, [kind]: total[kind] + bytes }), none);
    return { gpu: sum(true), ram: sum(false) };
  }
}

function isKind(text: string): text is keyof typeof kinds {
  return text in kinds;
}
