import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Gpu } from '#contract/gpus.ts';
import { gpuId } from '#contract/ids.ts';
import type { Logger } from '../../base/logger.ts';
import type { GpuProbe } from './gpuProbe.ts';

const execute = promisify(execFile);
const BYTES_PER_MIB = 1024 * 1024;
const QUERY = 'uuid,index,name,memory.total,memory.used,utilization.gpu,temperature.gpu,power.draw,driver_version,compute_cap';
const FIELD_COUNT = QUERY.split(',').length;

const orNull = z.string().transform((cell) => (/^\[?(N\/A|Not Supported|Unknown Error)/i.test(cell) ? null : Number(cell))).pipe(z.number().nullable());
const cells = z.tuple([z.string(), z.coerce.number().int(), z.string(), z.coerce.number(), z.coerce.number(), orNull, orNull, orNull, z.string(), z.string()]);

/** Parses one line of `nvidia-smi --query-gpu=<QUERY> --format=csv,noheader,nounits`. @throws ZodError for another shape */
export function parseGpuLine(line: string): Gpu {
  const parts = line.split(',').map((cell) => cell.trim());
  const [uuid, index, name, totalMib, usedMib, utilizationPercent, temperatureCelsius, powerWatts, driverVersion, computeCapability] = cells.parse(parts.slice(0, FIELD_COUNT));
  return {
    id: gpuId.parse(uuid), index, vendor: 'nvidia', name, totalBytes: totalMib * BYTES_PER_MIB, usedBytes: usedMib * BYTES_PER_MIB,
    utilizationPercent, temperatureCelsius, powerWatts, driverVersion, cudaVersion: null, computeCapability: /^\d/.test(computeCapability) ? computeCapability : null,
  };
}

/** Asks `nvidia-smi` once a reading; a missing program is `absent`, a slow one `slow` with the last reading kept. */
export class NvidiaSmiGpuProbe implements GpuProbe {
  readonly #command: string;
  readonly #timeoutMs: number;
  readonly #log: Logger;
  #last: readonly Gpu[] = [];
  #isAbsent = false;

  constructor({ command = 'nvidia-smi', timeoutMs = 5_000, log }: { command?: string; timeoutMs?: number; log: Logger }) {
    this.#command = command;
    this.#timeoutMs = timeoutMs;
    this.#log = log;
  }

  async read(): ReturnType<GpuProbe['read']> {
    if (this.#isAbsent) return { state: 'absent', gpus: [] };
    try {
      const { stdout } = await execute(this.#command, [`--query-gpu=${QUERY}`, '--format=csv,noheader,nounits'], { timeout: this.#timeoutMs, killSignal: 'SIGKILL' });
      this.#last = stdout.trim().split('\n').filter(Boolean).map(parseGpuLine);
      return { state: this.#last.length === 0 ? 'absent' : 'ok', gpus: [...this.#last] };
    } catch (error) {
      return this.#explain(error);
    }
  }

  #explain(error: unknown): Awaited<ReturnType<GpuProbe['read']>> {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT') {
      this.#isAbsent = true;
      return { state: 'absent', gpus: [] };
    }
    this.#log.warn('gpu.read_failed', { error, command: this.#command });
    return { state: this.#last.length === 0 ? 'absent' : 'slow', gpus: [...this.#last] };
  }
}
