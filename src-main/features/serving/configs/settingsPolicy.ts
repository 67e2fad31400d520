import type { ErrorDetails } from '#contract/errors.ts';
import type { ModelConfigSettings } from '#contract/modelConfigs.ts';
import { findTakenArgument } from './extraArgPolicy.ts';

type Invalid = ErrorDetails<'config.invalid'>;

/** `auto` chooses among the engines of this machine: with a server elsewhere or a container, that is what is meant. */
export function settleEngine(settings: ModelConfigSettings): ModelConfigSettings {
  if (settings.engine !== 'auto') return settings;
  if (settings.external !== null) return { ...settings, engine: 'external' };
  return settings.container === null ? settings : { ...settings, engine: 'container' };
}

/** What contradicts itself in a configuration; null when nothing does. */
export function findInvalid(settings: ModelConfigSettings): Invalid | null {
  return findMissing(settings) ?? findContradiction(settings);
}

function findMissing({ engine, model, container, external }: ModelConfigSettings): Invalid | null {
  if (engine === 'container' && container === null) return { field: 'container', reason: 'needs_container', value: null };
  if (engine === 'external' && external === null) return { field: 'external', reason: 'needs_external', value: null };
  return model === null && engine !== 'container' && engine !== 'external' ? { field: 'model', reason: 'needs_model', value: null } : null;
}

const PLAIN_KV = new Set(['f32', 'f16', 'bf16']);

function findContradiction({ kvTypeV, flashAttention, extraArgs }: ModelConfigSettings): Invalid | null {
  if (!PLAIN_KV.has(kvTypeV) && flashAttention === 'off') return { field: 'kvTypeV', reason: 'kv_needs_flash_attention', value: null };
  const taken = findTakenArgument(extraArgs);
  return taken === null ? null : { field: 'extraArgs', reason: 'argument_taken', value: taken };
}
