import { AppError } from '#contract/errors.ts';
import { modelConfigId, modelConfigSettings, type ModelConfig, type ModelConfigChange, type ModelConfigSettings } from '#contract/modelConfigs.ts';
import type { ModelVersion } from '#contract/models.ts';
import type { Clock } from '../../../base/clock.ts';
import { DisposableStack } from '../../../base/disposables.ts';
import { Emitter, type Event } from '../../../base/emitter.ts';
import { createId } from '../../../base/ids.ts';
import type { JournalService } from '../../journal/index.ts';
import { listConfigs, type ConfigFacts } from './configPolicy.ts';
import type { ConfigRepository, KeptConfig } from './configRepository.ts';
import type { ModelCatalog } from './modelCatalog.ts';
import { findInvalid, settleEngine } from './settingsPolicy.ts';

interface ConfigDeps {
  readonly repository: ConfigRepository;
  readonly catalog: ModelCatalog;
  readonly hasEngine: ConfigFacts['hasEngine'];
  /** Engines came or went. */
  readonly onDidChangeEngines: Event<undefined>;
  readonly journal: Pick<JournalService, 'record'>;
  readonly clock: Clock;
}

/** What a caller may leave out. */
export type ConfigSet = { [K in keyof ModelConfigSettings]?: ModelConfigSettings[K] | undefined };

/** Knows how every model is served, and under which names it is asked for. */
export class ConfigService {
  readonly #deps: ConfigDeps;
  readonly #didChange = new Emitter<ModelConfigChange>();
  readonly #stack = new DisposableStack();
  /** What mattered of each version when it was last looked at. */
  readonly #seen = new Map<string, string>();
  #kept: readonly KeptConfig[] = [];
  #configs = new Map<string, ModelConfig>();
  #names = new Map<string, ModelConfig>();

  readonly onDidChange = this.#didChange.event;

  constructor(deps: ConfigDeps) {
    this.#deps = deps;
  }

  start(): void {
    const { repository, catalog, onDidChangeEngines } = this.#deps;
    this.#kept = repository.list().map(settle);
    this.#stack.add(onDidChangeEngines(() => { this.#rebuild(); }));
    this.#stack.add(catalog.onDidChange((change) => {
      if (change.kind === 'changed' && this.#seen.get(change.version.id) === toSignature(change.version)) return;
      this.#rebuild();
    }));
    this.#rebuild();
  }

  stop(): void {
    this.#stack.dispose();
  }

  /** Those that were made, then the implicit ones. */
  list(): ModelConfig[] {
    return [...this.#configs.values()];
  }

  /** By id, name, alias or role, also percent-encoded, else by whatever names a version; null for none. */
  find(name: string): ModelConfig | null {
    return this.#findExact(name) ?? this.#findByVersion(name) ?? this.#findDecoded(name);
  }

  /** @throws config.not_found */
  get(reference: string): ModelConfig {
    const config = this.#findExact(reference);
    if (config === null) throw new AppError('config.not_found', 'no such configuration', { config: reference });
    return config;
  }

  /** What is known of its weights; null for what has none here. */
  getVersion({ versionId }: Pick<ModelConfig, 'versionId'>): ModelVersion | null {
    return versionId === null ? null : this.#deps.catalog.find(versionId);
  }

  /** @throws model.not_found, config.name_taken, config.invalid */
  create(set: ConfigSet & { name: string }): ModelConfig {
    const nowMs = this.#deps.clock.nowMs();
    return this.#save({ id: modelConfigId.parse(createId('config', nowMs)), settings: modelConfigSettings.parse(withoutUndefined(set)), replaces: null, createdAtMs: nowMs, updatedAtMs: nowMs }, 'created');
  }

  /** A change of an implicit one makes it an explicit one, which takes its place under whatever name; what is loaded stays where that is possible. @throws config.not_found, model.not_found, config.name_taken, config.invalid */
  update(reference: string, set: ConfigSet): ModelConfig {
    const before = this.get(reference);
    const nowMs = this.#deps.clock.nowMs();
    const settings = modelConfigSettings.parse({ ...before, ...withoutUndefined(set) });
    const kept = this.#kept.find(({ id }) => id === before.id);
    if (kept !== undefined) return this.#save({ ...kept, settings, updatedAtMs: nowMs }, 'changed');
    return this.#save({ id: before.id, settings, replaces: before.versionId, createdAtMs: nowMs, updatedAtMs: nowMs }, 'created');
  }

  /** An implicit one stays: it stands for a model that is there. @throws config.not_found */
  remove(reference: string): void {
    const { id, name, isImplicit } = this.get(reference);
    if (isImplicit) throw new AppError('config.not_found', 'it was not made, so it cannot be deleted', { config: reference });
    this.#deps.repository.delete(id);
    this.#kept = this.#kept.filter((one) => one.id !== id);
    this.#note(id, name, 'removed');
    this.#rebuild();
  }

  #save(asked: KeptConfig, what: 'created' | 'changed'): ModelConfig {
    const kept = settle(asked);
    this.#requireValid(kept);
    this.#deps.repository.save(kept);
    const isKnown = this.#kept.some(({ id }) => id === kept.id);
    this.#kept = isKnown ? this.#kept.map((one) => (one.id === kept.id ? kept : one)) : [...this.#kept, kept];
    this.#note(kept.id, kept.settings.name, what);
    this.#rebuild();
    return this.get(kept.id);
  }

  #requireValid({ id, settings }: KeptConfig): void {
    const invalid = findInvalid(settings);
    if (invalid !== null) throw new AppError('config.invalid', 'the configuration contradicts itself', invalid);
    if (settings.model !== null && this.#deps.catalog.find(settings.model) === null) throw new AppError('model.not_found', 'no such model', { model: settings.model });
    const taken = new Set(this.#kept.filter((one) => one.id !== id).flatMap((one) => [one.settings.name, ...one.settings.aliases]));
    const names = [settings.name, ...settings.aliases];
    const clash = names.find((name, n) => taken.has(name) || names.indexOf(name) !== n);
    if (clash !== undefined) throw new AppError('config.name_taken', 'the name is in use', { name: clash });
  }

  #findExact(name: string): ModelConfig | null {
    return this.#names.get(name) ?? this.#configs.get(name) ?? null;
  }

  /** The version's own, else the oldest that was made for it. */
  #findByVersion(name: string): ModelConfig | null {
    const version = name.length > 300 || name === '' ? null : this.#deps.catalog.find(name);
    if (version === null) return null;
    const replacing = this.#kept.find(({ replaces }) => replaces === version.id)?.id;
    const found = this.list().filter(({ versionId, isEnabled }) => versionId === version.id && isEnabled);
    return found.find(({ id, isImplicit }) => isImplicit || id === replacing) ?? found[0] ?? null;
  }

  #findDecoded(name: string): ModelConfig | null {
    const decoded = decode(name);
    return decoded === name ? null : this.#findExact(decoded) ?? this.#findByVersion(decoded);
  }

  /** Works everything out anew and tells what is different. */
  #rebuild(): void {
    const { catalog, hasEngine } = this.#deps;
    const versions = catalog.list();
    this.#seen.clear();
    for (const version of versions) this.#seen.set(version.id, toSignature(version));
    const before = this.#configs;
    this.#configs = new Map(listConfigs(this.#kept, versions, { find: (reference) => catalog.find(reference), hasEngine }).map((config) => [config.id, keepSame(before.get(config.id), config)]));
    this.#names = new Map([...this.#configs.values()].toReversed().flatMap((config) => [config.name, ...config.aliases].map((name) => [name, config] as const)));
    for (const id of before.keys()) if (!this.#configs.has(id)) this.#didChange.fire({ kind: 'removed', configId: modelConfigId.parse(id) });
    for (const [id, config] of this.#configs) if (before.get(id) !== config) this.#didChange.fire({ kind: 'changed', config });
  }

  #note(id: string, name: string, what: 'created' | 'changed' | 'removed'): void {
    this.#deps.journal.record({ event: `config.${what}`, subjectKind: 'model', subjectId: id, subjectName: name });
  }
}

function settle(kept: KeptConfig): KeptConfig {
  return { ...kept, settings: settleEngine(kept.settings) };
}

/** What a configuration is made from. When a version was last used is no part of it. */
function toSignature({ health, capabilities, aliases, roles, status, reference, format, kind }: ModelVersion): string {
  return JSON.stringify([health, capabilities, aliases, roles, status, reference, format, kind]);
}

/** The same object as before where nothing is different, so that who holds it sees that. */
function keepSame(before: ModelConfig | undefined, now: ModelConfig): ModelConfig {
  return before !== undefined && JSON.stringify(before) === JSON.stringify(now) ? before : now;
}

function withoutUndefined(set: ConfigSet): Record<string, unknown> {
  return Object.fromEntries(Object.entries(set).filter(([, value]) => value !== undefined));
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch (error) {
    if (error instanceof URIError) return name;
    throw error;
  }
}
