import { AppError } from '#contract/errors.ts';
import { setting, settingKey, settingSchemas, type Setting, type SettingKey, type SettingValue, type ViewState } from '#contract/settings.ts';
import type { Clock } from '../../base/clock.ts';
import { Emitter } from '../../base/emitter.ts';
import type { JournalService } from '../journal/index.ts';
import { parseSetting, variableOf } from './settingEnvironment.ts';
import type { SettingsRepository } from './settingsRepository.ts';

const NEEDS_RESTART: ReadonlySet<SettingKey> = new Set(['listener.address', 'listener.port', 'listener.tlsCertificate', 'listener.tlsKey', 'listener.allowedHosts', 'logs.maxBytes', 'logs.keepFiles']);

interface SettingsDeps {
  repository: SettingsRepository;
  journal: JournalService;
  clock: Clock;
  /** What the environment fixes; it wins over what a user saved. */
  fixed: ReadonlyMap<SettingKey, unknown>;
}

/** Settings with defaults, validation and environment overrides, and what the window remembers. */
export class SettingsService {
  readonly #deps: SettingsDeps;
  readonly #saved = new Map<SettingKey, unknown>();
  /** What was parsed already: some are asked for with each request of a client. */
  readonly #parsed = new Map<SettingKey, unknown>();
  readonly #views = new Map<string, ViewState>();
  readonly #didChange = new Emitter<Setting>();

  readonly onDidChange = this.#didChange.event;

  constructor(deps: SettingsDeps) {
    this.#deps = deps;
  }

  /** Reads what was saved; a value that its setting no longer allows falls back to the default. */
  start(): void {
    for (const [name, value] of this.#deps.repository.readSettings()) {
      const key = settingKey.safeParse(name);
      if (key.success && settingSchemas[key.data].safeParse(value).success) this.#saved.set(key.data, value);
    }
    for (const view of this.#deps.repository.readViews()) this.#views.set(view.name, view);
    this.#parsed.clear();
  }

  get<K extends SettingKey>(key: K): SettingValue<K> {
    if (!this.#parsed.has(key)) this.#parsed.set(key, this.#parse(key));
    return this.#parsed.get(key) as SettingValue<K>;
  }

  list(): Setting[] {
    return settingKey.options.map((key) => this.describe(key));
  }

  describe(key: SettingKey): Setting {
    const source = this.#deps.fixed.has(key) ? 'environment' : this.#saved.has(key) ? 'user' : 'default';
    return setting.parse({ key, value: this.get(key), defaultValue: settingSchemas[key].parse(undefined), source, variable: variableOf(key), needsRestart: NEEDS_RESTART.has(key) });
  }

  /** @throws setting.invalid, setting.fixed_by_environment */
  set(key: SettingKey, value: unknown): Setting {
    this.#refuseFixed(key);
    const parsed = parseSetting(key, value);
    return this.#change(key, () => {
      this.#deps.repository.saveSetting(key, parsed, this.#deps.clock.nowMs());
      this.#saved.set(key, parsed);
    });
  }

  /** @throws setting.fixed_by_environment */
  reset(key: SettingKey): Setting {
    this.#refuseFixed(key);
    return this.#change(key, () => {
      this.#deps.repository.deleteSetting(key);
      this.#saved.delete(key);
    });
  }

  views(): ViewState[] {
    return [...this.#views.values()];
  }

  rememberView(view: ViewState): void {
    this.#deps.repository.saveView(view, this.#deps.clock.nowMs());
    this.#views.set(view.name, view);
  }

  #parse(key: SettingKey): unknown {
    const { fixed } = this.#deps;
    return settingSchemas[key].parse(fixed.has(key) ? fixed.get(key) : this.#saved.get(key));
  }

  #change(key: SettingKey, apply: () => void): Setting {
    const from = this.get(key);
    apply();
    this.#parsed.delete(key);
    const after = this.describe(key);
    if (key !== 'window.bounds') {
      this.#deps.journal.record({ event: 'setting.changed', subjectKind: 'setting', subjectId: key, subjectName: key, from: JSON.stringify(from), to: JSON.stringify(after.value) });
    }
    this.#didChange.fire(after);
    return after;
  }

  #refuseFixed(key: SettingKey): void {
    if (this.#deps.fixed.has(key)) throw new AppError('setting.fixed_by_environment', `${key} is fixed by the environment`, { key, variable: variableOf(key) });
  }
}
