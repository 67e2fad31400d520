import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A number as the driver gives it; `na` for "not supported"; a list gives each reading the next value. */
export type ScenarioValue = number | bigint | 'na' | readonly number[];

/** A device of the fake driver. Sizes are bytes, power milliwatts, clocks MHz, `throttle` the driver's mask. */
export interface ScenarioDevice {
  readonly uuid: string;
  readonly name?: string;
  readonly bus?: string;
  readonly total?: ScenarioValue;
  readonly used?: ScenarioValue;
  readonly free?: ScenarioValue;
  readonly values?: Readonly<Record<string, ScenarioValue>>;
  readonly isLost?: boolean;
}

export interface ScenarioProcess { readonly gpu: string; readonly pid: number; readonly used: number | 'na'; readonly kind?: 'compute' | 'graphics' | 'mps'; readonly gi?: number; readonly ci?: number }
export interface ScenarioInstance { readonly gpu: string; readonly uuid: string; readonly name: string; readonly gi: number; readonly ci: number; readonly total: number; readonly used: number }

/** What the fake driver plays; devices are in the driver's order, which is their index. */
export interface Scenario {
  readonly mode?: 'ok' | 'hang' | 'crash' | 'mismatch' | 'not-loaded';
  readonly devices?: readonly ScenarioDevice[];
  readonly processes?: readonly ScenarioProcess[];
  readonly instances?: readonly ScenarioInstance[];
  /** Fields that this nvidia-smi does not know. */
  readonly unknownFields?: readonly string[];
}

export const GIB = 1024 ** 3;
const usual: Readonly<Record<string, ScenarioValue>> = { util: 7, memutil: 3, temp: 41, templimit: 90, power: 22_810, powerlimit: 450_000, clock: 210, maxclock: 3_105, memclock: 405, fan: 30, throttle: 1, display: 0, mig: 'na' };

/** The UUID of the n-th device of a made-up box. */
export const uuidOf = (n: number): string => `GPU-${String(n).padStart(8, '0')}-1111-2222-3333-444444444444`;

/** A card like the others, to be told apart by its UUID alone. */
export function aDevice(n: number, changes: Partial<ScenarioDevice> = {}): ScenarioDevice {
  return { uuid: uuidOf(n), name: 'NVIDIA GeForce RTX 4090', bus: `00000000:${(n + 1).toString(16).padStart(2, '0').toUpperCase()}:00.0`, total: 24 * GIB, used: GIB, ...changes };
}

/** The lines that both fakes read: `word key=value …`, a space in a value written as `_`. */
export function toScenarioText({ mode = 'ok', devices = [], processes = [], instances = [], unknownFields = [] }: Scenario): string {
  const line = (word: string, fields: Record<string, unknown>): string => [word, ...Object.entries(fields).filter(([, value]) => value !== undefined).map(([key, value]) => `${key}=${String(value).replaceAll(' ', '_')}`)].join(' ');
  return [
    line('driver', { version: '570.86.15', cuda: 12_080, mode, unknown: unknownFields.join(',') }),
    ...devices.map(({ values, isLost, ...device }) => line('device', { ...usual, cc: '8.9', ...device, ...values, state: isLost === true ? 'lost' : 'ok' })),
    ...instances.map((instance) => line('mig', { ...instance })),
    ...processes.map((process) => line('process', { ...process })),
    '',
  ].join('\n');
}

/** A folder with the fake driver in it: library, nvidia-smi, and the scenario that both play. */
export class FakeDriver {
  readonly folder = mkdtempSync(join(tmpdir(), 'wheelhouse-gpu-'));
  readonly nvidiaSmi = join(this.folder, 'nvidia-smi');

  constructor(scenario: Scenario) {
    const program = fileURLToPath(new URL('./nvidiaSmi.mjs', import.meta.url));
    writeFileSync(this.nvidiaSmi, `#!/bin/sh\nexec '${process.execPath}' '${program}' '${this.folder}' "$@"\n`);
    chmodSync(this.nvidiaSmi, 0o755);
    this.play(scenario);
  }

  /** Changes what the driver says from the next reading on. */
  play(scenario: Scenario): void {
    writeFileSync(join(this.folder, 'scenario.new'), toScenarioText(scenario));
    renameSync(join(this.folder, 'scenario.new'), join(this.folder, 'scenario.txt'));
  }

  /** Compiles the library; `old` and `none` are versions that lack functions. */
  compileLibrary(version: 'new' | 'old' | 'none' = 'new'): string {
    const path = join(this.folder, `libnvidia-ml-${version}.so.1`);
    const flags = { new: [], old: ['-DOLD_LIBRARY'], none: ['-DNO_NVML'] }[version];
    execFileSync('cc', ['-shared', '-fPIC', '-O1', ...flags, '-o', path, fileURLToPath(new URL('./fakeNvml.c', import.meta.url)), '-ldl'], { stdio: ['ignore', 'ignore', 'inherit'] });
    return path;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Whether a C compiler is there and the system loads what it makes; the suites that need one are skipped and say so. */
export function canCompileLibrary(): boolean {
  if (process.platform !== 'linux') return false;
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return false;
  }
}
