import type { SettingKey } from '#contract/settings.ts';
import { hasCode } from '#contract/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { DesktopSettings } from './desktopBackend.ts';

const EXPECTED = ['setting.fixed_by_environment', 'setting.invalid', 'database.read_only'] as const;

/** Saves a setting as far as it may be changed; a refusal stands in the log and changes nothing. */
export function saveSetting({ settings, log }: { settings: DesktopSettings; log: Logger }, key: SettingKey, value: unknown): void {
  try {
    settings.set(key, value);
  } catch (error) {
    const code = EXPECTED.find((expected) => hasCode(error, expected));
    if (code === undefined) throw error;
    log.info('desktop.setting_not_saved', { key, code });
  }
}
