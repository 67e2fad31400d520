import type { SlotRefusal } from '../scheduler/schedulerPort.ts';

/** What went wrong, as a client of the model port is told. */
export interface PortProblem {
  readonly status: number;
  readonly code: string | null;
  readonly message: string;
  readonly param: string | null;
  /** When asking again may help. */
  readonly retryAfterMs: number | null;
  /** Said to SDKs that would ask again by themselves; null leaves it to the status. */
  readonly shouldRetry: boolean | null;
}

/** The client went away before it was answered; never sent, only recorded. */
export const CLIENT_GONE_STATUS = 499;

type Extras = Partial<Pick<PortProblem, 'param' | 'retryAfterMs' | 'shouldRetry'>>;

export function createProblem(status: number, code: string | null, message: string, extras: Extras = {}): PortProblem {
  return { status, code, message, param: null, retryAfterMs: null, shouldRetry: null, ...extras };
}

/** Ends a request of the model port. Its codes are those of the protocols served there, not those of our own calls. */
export class PortError extends Error {
  readonly problem: PortProblem;

  constructor(problem: PortProblem, options?: ErrorOptions) {
    super(problem.message, options);
    this.name = 'PortError';
    this.problem = problem;
  }
}

/** A request that cannot be understood. */
export function badRequest(message: string, param: string | null = null, code: string | null = 'invalid_request'): PortError {
  return new PortError(createProblem(400, code, message, { param }));
}

export function modelNotFound(model: string): PortError {
  return new PortError(createProblem(404, 'model_not_found', `The model "${model}" does not exist here. GET /v1/models lists those that do.`, { param: 'model' }));
}

export const CANCELLED = createProblem(CLIENT_GONE_STATUS, 'cancelled', 'The request was cancelled.');
export const MODEL_UNLOADED = createProblem(503, 'model_unloaded', 'The model was unloaded.', { retryAfterMs: 1_000 });
export const SHUTTING_DOWN = createProblem(503, 'shutting_down', 'Wheelhouse is being stopped.', { retryAfterMs: 5_000 });
const PLAIN = { cancelled: CANCELLED, model_unloaded: MODEL_UNLOADED, shutting_down: SHUTTING_DOWN } as const;

const HELD = { gpu: 'the GPUs', ram: 'the memory of this machine' } as const;

/** Says why a request got no slot. */
export function toProblem(refusal: SlotRefusal, model: string): PortProblem {
  if (isPlain(refusal)) return PLAIN[refusal.kind];
  switch (refusal.kind) {
    case 'queue_full': return createProblem(429, 'queue_full', `Too many requests wait ${refusal.scope === 'model' ? `for ${model}` : refusal.scope === 'key' ? 'for this key' : 'already'}.`, { retryAfterMs: refusal.retryAfterMs });
    case 'insufficient_vram': return createProblem(500, 'insufficient_vram', explainMemory(refusal, model), { shouldRetry: false });
    case 'gpu_busy': return createProblem(503, 'gpu_busy', `There is no room for ${model} while other work holds ${HELD[refusal.place]}.`, { retryAfterMs: refusal.retryAfterMs });
    case 'load_failed': return createProblem(500, 'load_failed', `${model} could not be loaded: ${refusal.detail}`, { shouldRetry: false, retryAfterMs: refusal.retryAfterMs });
    case 'engine_crashed': return createProblem(502, 'engine_crashed', `The engine of ${model} ended: ${refusal.detail}`);
  }
}

function isPlain(refusal: SlotRefusal): refusal is Extract<SlotRefusal, { kind: keyof typeof PLAIN }> {
  return refusal.kind in PLAIN;
}

function explainMemory({ neededBytes, freeBytes, holders }: Extract<SlotRefusal, { kind: 'insufficient_vram' }>, model: string): string {
  const held = holders.length === 0 ? '' : ` In use by ${holders.join(', ')}.`;
  return `${model} needs ${toGib(neededBytes)} GiB and ${toGib(freeBytes)} GiB can be had.${held}`;
}

function toGib(bytes: number): string {
  return (bytes / 1024 ** 3).toFixed(2);
}
