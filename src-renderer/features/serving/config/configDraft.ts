import { modelConfigSettings } from '#contract/modelConfigs.ts';
import type { ModelConfig, ModelConfigSettings } from '#contract/modelConfigs.ts';
import { parseDecimal } from '../../../base/parseNumber.ts';
import { joinWords, splitWords } from '../../../base/shellWords.ts';
import { toFaults } from './faults.ts';
import type { Fault } from './faults.ts';

/** The lists of a configuration as they are typed; what they say is read when it is asked for. */
export interface ConfigTexts { aliases: string; tensorSplit: string; extraArgs: string; args: string; environment: string }

/** A configuration while it is edited. A number that cannot be read is NaN in it. */
export interface ConfigDraft { settings: ModelConfigSettings; texts: ConfigTexts }

/** What a configuration begins with: that which is there, or a new one with some settings. */
export function toDraft(config: ModelConfig | null, start: Partial<ModelConfigSettings> = {}): ConfigDraft {
  const settings = modelConfigSettings.parse(config ?? { name: 'new', model: null, ...start });
  const { aliases, tensorSplit, extraArgs, container } = settings;
  const environment = Object.entries(container?.environment ?? {}).map(([name, value]) => `${name}=${value}`);
  return { settings, texts: { aliases: aliases.join(', '), tensorSplit: (tensorSplit ?? []).join(', '), extraArgs: joinWords(extraArgs), args: joinWords(container?.args ?? []), environment: environment.join('\n') } };
}

/** What a draft says, and everything that is wrong with it. */
export function readDraft({ settings: typed, texts }: ConfigDraft): { settings: ModelConfigSettings; faults: Fault[] } {
  const extraArgs = splitWords(texts.extraArgs);
  const args = splitWords(texts.args);
  const environment = parseEnvironment(texts.environment);
  const settings = leaveUnmeant(typed);
  const container = settings.container === null ? null : { ...settings.container, args: args ?? [], environment: environment ?? {} };
  const read = { ...settings, aliases: parseNames(texts.aliases), tensorSplit: parseShares(texts.tensorSplit), extraArgs: extraArgs ?? [], container };
  const faults = [...toFaults(modelConfigSettings.safeParse(read).error), ...findMissing(read)];
  if (extraArgs === null) faults.push({ field: 'extraArgs', kind: 'openQuote' });
  if (args === null && container !== null) faults.push({ field: 'container.args', kind: 'openQuote' });
  if (environment === null && container !== null) faults.push({ field: 'container.environment', kind: 'environment' });
  return { settings: read, faults };
}

/** Who chose `auto` does not mean the place that was named before. */
function leaveUnmeant(settings: ModelConfigSettings): ModelConfigSettings {
  return settings.engine === 'auto' ? { ...settings, container: null, external: null } : settings;
}

/** What an engine cannot do without. */
function findMissing({ engine, model, container, external }: ModelConfigSettings): Fault[] {
  const missing = (field: string): Fault[] => [{ field, kind: 'missing' }];
  if (engine === 'external') return external === null ? missing('external.baseUrl') : [];
  if (engine === 'container') return container === null || container.image.trim() === '' ? missing('container.image') : [];
  return model === null ? missing('model') : [];
}

/** The fields that differ: what is sent when a configuration is saved. */
export function toChanges(before: ModelConfigSettings, after: ModelConfigSettings): Partial<ModelConfigSettings> {
  const changed = Object.entries(after).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key as keyof ModelConfigSettings]));
  return Object.fromEntries(changed);
}

/** Names between commas. */
export function parseNames(text: string): string[] {
  return text.split(',').map((each) => each.trim()).filter(Boolean);
}

/** One number for each GPU, between commas or spaces; null for none. */
function parseShares(text: string): number[] | null {
  const parts = text.split(/[\s,;:]+/).filter(Boolean);
  return parts.length === 0 ? null : parts.map((part) => parseDecimal(part) ?? 0);
}

/** `NAME=value` on each line; null when a line is not of this shape. */
function parseEnvironment(text: string): Record<string, string> | null {
  const lines = text.split('\n').map((line) => line.trim()).filter(Boolean).map((line) => /^([A-Za-z_]\w*)=(.*)$/.exec(line));
  const pairs = lines.map((match): [string, string] => [match?.[1] ?? '', match?.[2] ?? '']);
  return pairs.some(([name]) => name === '') ? null : Object.fromEntries(pairs);
}

/** Settings that go together, each for one kind of use. */
export const presets = {
  balanced: { contextTokens: null, slots: 4, kvTypeK: 'f16', kvTypeV: 'f16', flashAttention: 'auto', batchTokens: 512 },
  long_context: { contextTokens: 65_536, slots: 1, kvTypeK: 'q8_0', kvTypeV: 'q8_0', flashAttention: 'on', batchTokens: 2_048 },
  many_clients: { contextTokens: 4_096, slots: 16, kvTypeK: 'f16', kvTypeV: 'f16', flashAttention: 'auto', batchTokens: 2_048 },
  low_memory: { contextTokens: 4_096, slots: 1, kvTypeK: 'q8_0', kvTypeV: 'q8_0', flashAttention: 'on', batchTokens: 256 },
} as const satisfies Record<string, Partial<ModelConfigSettings>>;
export type PresetName = keyof typeof presets;

/** The preset that settings stand for; null once one of them was changed. */
export function findPreset(settings: ModelConfigSettings): PresetName | null {
  const names = Object.keys(presets) as PresetName[];
  return names.find((name) => Object.entries(presets[name]).every(([key, value]) => settings[key as keyof ModelConfigSettings] === value)) ?? null;
}
