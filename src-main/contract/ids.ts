import { z } from 'zod';

/** An instance's id, made by the backend. */
export const instanceId = z.string().min(1).max(80).brand<'InstanceId'>();
export type InstanceId = z.infer<typeof instanceId>;

/** A run's id; also the mark that every process of the run carries in its environment. */
export const runId = z.string().min(1).max(80).brand<'RunId'>();
export type RunId = z.infer<typeof runId>;

/** A terminal's id: a run's output or a shell. */
export const terminalId = z.string().min(1).max(80).brand<'TerminalId'>();
export type TerminalId = z.infer<typeof terminalId>;

/** A GPU's UUID as its driver gives it. */
export const gpuId = z.string().min(1).max(120).brand<'GpuId'>();
export type GpuId = z.infer<typeof gpuId>;

/** Names one instance by id, by slug or by its exact name, in this order. */
export const instanceReference = z.string().min(1).max(200);
