import type { ErrorDetails } from '#contract/errors.ts';
import type { ModelConfigSettings } from '#contract/modelConfigs.ts';
import { findTakenArgument } from './extraArgPolicy.ts';

type Invalid = ErrorDetails<'config.invalid'>;

/** What contradicts itself in a configuration; null when nothing does. */
export function findInvalid(settings: ModelConfigSettings): Invalid | null {
  return findMissing(settings) ?? findContradiction(settings);
}

function findMissing({ engine, model, container, external }: ModelConfigSettings): Invalid | null {
  if (engine === 'container' && container === null) return { field: 'container', reason: 'needs_container' };
  if (engine === 'external') return external === null ? { field: 'external', reason: 'needs_external' } : null;
  const isElsewhere = engine === 'container' || (engine === 'auto' && (container !== null || external !== null));
  return model === null && !isElsewhere ? { field: 'model', reason: 'needs_model' } : null;
}

const PLAIN_KV = new Set(['f32', 'f16', 'bf16']);

function findContradiction({ kvTypeV, flashAttention, extraArgs }: ModelConfigSettings): Invalid | null {
  if (!PLAIN_KV.has(kvTypeV) && flashAttention === 'off') return { field: 'kvTypeV', reason: 'kv_needs_flash_attention' };
  const taken = findTakenArgument(extraArgs);
  return taken === null ? null : { field: `extraArgs ${taken}`, reason: 'argument_taken' };
}
