import type { MessagePortMain } from 'electron';
import type { Setting, SettingKey, SettingValue } from '#contract/settings.ts';
import type { Disposable } from '../base/disposables.ts';
import type { Event } from '../base/emitter.ts';

/** The settings that the shell reads and writes itself. */
export interface DesktopSettings {
  readonly onDidChange: Event<Setting>;
  get<K extends SettingKey>(key: K): SettingValue<K>;
  /** @throws setting.invalid, setting.fixed_by_environment, database.read_only */
  set(key: SettingKey, value: unknown): unknown;
}

/** What the desktop shell needs of a started backend. */
export interface DesktopBackend {
  readonly settings: DesktopSettings;
  /** What the user should be told at the start, one sentence each. */
  readonly notices: readonly string[];
  readonly liveCount: number;
  readonly onDidChangeLiveCount: Event<number>;
  /** A client asks for the end of the backend. */
  readonly onDidRequestStop: Event<'stop' | 'leave'>;
  /** Serves one window until the result is disposed; the caller starts the ports. */
  connectWindow(ports: { rpc: MessagePortMain; terminals: MessagePortMain }): Disposable;
  stop(options: { runs: 'stop' | 'leave' }): Promise<void>;
}
