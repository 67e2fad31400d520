import { createHash } from 'node:crypto';
import type { ModelConfig } from '#contract/modelConfigs.ts';

const keys = new WeakMap<ModelConfig, string>();

/** Names one load configuration: the version and every setting that an engine is started with. What a request says is no part of it. */
export function toLoadKey(config: ModelConfig): string {
  const known = keys.get(config);
  if (known !== undefined) return known;
  const key = `${config.id}@${createHash('sha256').update(JSON.stringify(toLoadSettings(config))).digest('base64url').slice(0, 16)}`;
  keys.set(config, key);
  return key;
}

/** What changes nothing about an engine that runs. */
const FREE_KEYS = new Set<string>(['name', 'aliases', 'sampling', 'systemPrompt', 'ttlSeconds', 'isPinned', 'isPreloaded', 'priority', 'isEnabled', 'isImplicit', 'createdAtMs', 'updatedAtMs', 'problem', 'mayUseRam'] satisfies (keyof ModelConfig)[]);

function toLoadSettings(config: ModelConfig): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).filter(([key]) => !FREE_KEYS.has(key)));
}
