import type { Gpu, GpuSource } from '#contract/gpus.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { parseAmdSmi, parseRocmSmi, withAmdIdentities } from './amdToolOutput.ts';
import { parseSystemProfiler } from './appleOutput.ts';
import { toFacts, type GpuFacts, type GpuProbe } from './gpuProbe.ts';
import { PacedCommand, type CommandState } from './pacedCommand.ts';

/** These programs take from 0.3 to some seconds: they are not asked every second. */
const EVERY_MS = 5_000;
const TIMEOUT_MS = 30_000;
const WAIT_MS = 3_000;

interface ToolGpuProbeOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly source: Pick<GpuSource, 'vendor' | 'via'>;
  /** Program and arguments; the outputs are given to `parse` in this order. */
  readonly commands: readonly { readonly command: string; readonly args: readonly string[]; readonly everyMs?: number }[];
  readonly parse: (texts: readonly string[]) => Gpu[];
  readonly waitMs?: number | undefined;
}

/** Reads GPUs by a vendor's own program, paced; facts keep their age. */
export class ToolGpuProbe implements GpuProbe {
  readonly #options: ToolGpuProbeOptions;
  readonly #commands: readonly PacedCommand[];

  constructor(options: ToolGpuProbeOptions) {
    this.#options = options;
    this.#commands = options.commands.map(({ command, args, everyMs = EVERY_MS }) => new PacedCommand({ command, args, everyMs, timeoutMs: TIMEOUT_MS, clock: options.clock }));
  }

  async read(): Promise<GpuFacts> {
    const { clock, source, waitMs = WAIT_MS } = this.#options;
    const states = await Promise.all(this.#commands.map((command) => command.read(waitMs)));
    const texts = states.map(({ text }) => text).filter((text) => text !== null);
    if (texts.length < states.length) return toFacts([], { ...source, state: toStateWithout(states), ageMs: 0, reason: states.find(({ reason }) => reason !== null)?.reason ?? null });
    const ageMs = Math.round(clock.monotonicMs() - Math.max(...states.map(({ atMs }) => atMs)));
    const gpus = this.#parse(texts);
    if (gpus === null) return toFacts([], { ...source, state: 'failed', ageMs, reason: 'the output is not understood' });
    return toFacts(gpus, { ...source, state: gpus.length === 0 ? 'absent' : ageMs > 3 * EVERY_MS && states.some(({ isRunning }) => isRunning) ? 'slow' : 'ok', ageMs, reason: null });
  }

  #parse(texts: readonly string[]): Gpu[] | null {
    try {
      return this.#options.parse(texts);
    } catch (error) {
      this.#options.log.warn('gpu.output_not_understood', { error, via: this.#options.source.via });
      return null;
    }
  }
}

function toStateWithout(states: readonly CommandState[]): GpuSource['state'] {
  if (states.some(({ isMissing }) => isMissing)) return 'absent';
  return states.some(({ isRunning }) => isRunning) ? 'slow' : 'failed';
}

interface ToolSurroundings { readonly clock: Clock; readonly log: Logger; readonly command?: string | undefined; readonly waitMs?: number | undefined }

/** AMD's newer program. */
export function createAmdSmiGpuProbe({ command = 'amd-smi', ...surroundings }: ToolSurroundings): GpuProbe {
  return new ToolGpuProbe({
    ...surroundings, source: { vendor: 'amd', via: 'amd-smi' }, parse: ([metric = '', list = '']) => withAmdIdentities(parseAmdSmi(metric), list),
    commands: [{ command, args: ['metric', '--json'] }, { command, args: ['list', '--json'], everyMs: 60_000 }],
  });
}

/** AMD's older program. */
export function createRocmSmiGpuProbe({ command = 'rocm-smi', ...surroundings }: ToolSurroundings): GpuProbe {
  return new ToolGpuProbe({
    ...surroundings, source: { vendor: 'amd', via: 'rocm-smi' }, parse: ([text = '']) => parseRocmSmi(text),
    commands: [{ command, args: ['--showproductname', '--showuniqueid', '--showbus', '--showuse', '--showmeminfo', 'vram', '--showtemp', '--showpower', '--showclocks', '--showfan', '--json'] }],
  });
}

/** macOS: what the system says of its GPU. It names no load, no temperature and no process. */
export function createAppleGpuProbe({ command = 'system_profiler', totalMemoryBytes, ...surroundings }: ToolSurroundings & { readonly totalMemoryBytes: number }): GpuProbe {
  return new ToolGpuProbe({
    ...surroundings, source: { vendor: 'apple', via: 'system-profiler' }, parse: ([text = '']) => parseSystemProfiler(text, totalMemoryBytes),
    commands: [{ command, args: ['SPDisplaysDataType', '-json'], everyMs: 3_600_000 }],
  });
}
