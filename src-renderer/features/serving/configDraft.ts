import { modelConfigSettings } from '#contract/modelConfigs.ts';
import type { ModelConfig, ModelConfigSettings } from '#contract/modelConfigs.ts';

/** What a configuration begins with. */
export function toDraft(config: ModelConfig | null): ModelConfigSettings {
  return modelConfigSettings.parse(config ?? { name: 'new', model: null });
}

/** The fields that differ: what is sent when a configuration is saved. */
export function toChanges(before: ModelConfigSettings, draft: ModelConfigSettings): Partial<ModelConfigSettings> {
  const changed = Object.entries(draft).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key as keyof ModelConfigSettings]));
  return Object.fromEntries(changed);
}

/** The first thing that is wrong with a draft, by its field; null when nothing is. */
export function findFault(draft: ModelConfigSettings): { field: string; message: string } | null {
  const [issue] = modelConfigSettings.safeParse(draft).error?.issues ?? [];
  return issue === undefined ? null : { field: String(issue.path[0] ?? ''), message: issue.message };
}

/** Arguments as one line each, and back. */
export function toLines(list: readonly string[]): string {
  return list.join('\n');
}

export function fromLines(text: string): string[] {
  return text.split('\n').map((line) => line.trim()).filter(Boolean);
}

/** A box for a number that may be empty: null then, undefined for what is no number. */
export function parseNumber(text: string): number | null | undefined {
  const trimmed = text.trim().replace(',', '.');
  if (trimmed === '') return null;
  const value = Number(trimmed);
  return Number.isFinite(value) ? value : undefined;
}

/** Settings that go together, each for one kind of use. */
export const presets = {
  balanced: { contextTokens: null, slots: 4, kvTypeK: 'f16', kvTypeV: 'f16', flashAttention: 'auto', batchTokens: 512 },
  long_context: { contextTokens: 65_536, slots: 1, kvTypeK: 'q8_0', kvTypeV: 'q8_0', flashAttention: 'on', batchTokens: 2_048 },
  many_clients: { contextTokens: 4_096, slots: 16, kvTypeK: 'f16', kvTypeV: 'f16', flashAttention: 'auto', batchTokens: 2_048 },
  low_memory: { contextTokens: 4_096, slots: 1, kvTypeK: 'q8_0', kvTypeV: 'q8_0', flashAttention: 'on', batchTokens: 256 },
} as const satisfies Record<string, Partial<ModelConfigSettings>>;
export type PresetName = keyof typeof presets;

/** The preset that a draft stands for; null once one of its settings was changed. */
export function findPreset(draft: ModelConfigSettings): PresetName | null {
  const names = Object.keys(presets) as PresetName[];
  return names.find((name) => Object.entries(presets[name]).every(([key, value]) => draft[key as keyof ModelConfigSettings] === value)) ?? null;
}
