import { writeSync } from 'node:fs';
import type { LlamaMemory } from './memoryLog.ts';

/** One line of the child's output. */
export type EngineEvent =
  /** It answers HTTP from now on, at first about its loading only. `port` is null for a local socket. */
  | { readonly event: 'listening'; readonly port: number | null }
  | { readonly event: 'progress'; readonly progress: number }
  | { readonly event: 'ready'; readonly contextTokens: number; readonly gpuLayers: number; readonly layerCount: number }
  | { readonly event: 'memory'; readonly gpu: LlamaMemory; readonly ram: LlamaMemory }
  | { readonly event: 'log'; readonly level: string; readonly line: string }
  /** The last one: it ends with code 1 after it. */
  | { readonly event: 'failed'; readonly reason: 'out_of_memory' | 'unreadable' | 'other'; readonly message: string };

const STDOUT = 1;

/** Writes an event as one line. Does not throw: when nobody reads any more, the closing input ends the process. */
export function tell(event: EngineEvent): void {
  try {
    writeSync(STDOUT, `${JSON.stringify(event)}\n`);
  } catch {
    unreadLines += 1;
  }
}

/** How many lines could not be written. */
export let unreadLines = 0;
