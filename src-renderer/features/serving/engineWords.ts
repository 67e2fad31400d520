import type { ServedModel, ServingRequest } from '#contract/serving.ts';
import type { Tone } from '../../ui/tone.ts';

export const engineTone: Record<ServedModel['state'], Tone> = { unloaded: 'idle', queued: 'busy', loading: 'busy', ready: 'ok', busy: 'accent', draining: 'stopping', unloading: 'stopping', failed: 'error' };
export const requestTone: Record<ServingRequest['state'], Tone> = { queued: 'busy', waiting_load: 'busy', prefill: 'accent', generating: 'accent', done: 'ok', failed: 'error', cancelled: 'idle' };
