import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { LlamaLaunch } from './llamaLaunch.ts';

const run = promisify(execFile);
const ANSWER_MS = 20_000;
const BYTES_PER_MIB = 1_048_576;

/** What one device is to hold, bytes; `name` is llama.cpp's, such as `CUDA0`, or `Host`. */
export interface DeviceNeed { readonly name: string; readonly weightsBytes: number; readonly kvBytes: number; readonly computeBytes: number }

/** The program that lies beside a llama-server, or null. */
export function findFitParams(serverPath: string): string | null {
  const path = join(dirname(serverPath), process.platform === 'win32' ? 'llama-fit-params.exe' : 'llama-fit-params');
  return existsSync(path) ? path : null;
}

/**
 * Asks llama.cpp's own program, in whole MiB, for each device by itself. The environment shows it its devices.
 * Source: `llama-fit-params --fit-print on` of llama.cpp v0.4.0. @throws when it cannot be run or says something else
 */
export async function readFitParams(programPath: string, launch: Pick<LlamaLaunch, 'contextTokens' | 'slots' | 'gpuLayers' | 'settings' | 'environment'> & { modelPath: string }, environment: Readonly<Record<string, string | undefined>>): Promise<DeviceNeed[]> {
  const { settings, contextTokens, slots, gpuLayers } = launch;
  const args = [
    '--model', launch.modelPath, '--ctx-size', String(contextTokens * slots), '--parallel', String(slots), '--threads', '1',
    '--batch-size', String(settings.batchTokens), '--ubatch-size', String(settings.batchTokens),
    '--cache-type-k', settings.kvTypeK, '--cache-type-v', settings.kvTypeV, '--flash-attn', settings.flashAttention,
    '--n-gpu-layers', String(gpuLayers), ...(gpuLayers === 0 ? ['--device', 'none'] : ['--split-mode', settings.splitMode]), '--fit-print', 'on',
  ];
  const { stdout } = await run(programPath, args, { timeout: ANSWER_MS, env: { ...environment, ...launch.environment } });
  return parseFitLines(stdout);
}

const cells = z.tuple([z.string(), z.coerce.number(), z.coerce.number(), z.coerce.number()]);

/** Parses `CUDA0 4096 512 300` lines: device, weights, context and compute in MiB. */
export function parseFitLines(output: string): DeviceNeed[] {
  return output.split('\n').filter((line) => line.trim() !== '').map((line) => {
    const [name, weights, kv, compute] = cells.parse(line.trim().split(/\s+/));
    return { name, weightsBytes: weights * BYTES_PER_MIB, kvBytes: kv * BYTES_PER_MIB, computeBytes: compute * BYTES_PER_MIB };
  });
}
