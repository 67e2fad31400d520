import { settingKey, settingSchemas, type SettingKey } from '#contract/settings.ts';
import { AppError } from '#contract/errors.ts';

/** The environment variable that fixes a setting: `ports.first` → `WHEELHOUSE_PORTS_FIRST`. */
export function variableOf(key: SettingKey): string {
  return `WHEELHOUSE_${key.replaceAll('.', '_').replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/**
 * Reads what the environment fixes. A value is JSON where it parses as such, else the text itself.
 * @throws setting.invalid for a value that its setting does not allow.
 */
export function parseSettingEnvironment(environment: Readonly<Record<string, string | undefined>>): ReadonlyMap<SettingKey, unknown> {
  const fixed = new Map<SettingKey, unknown>();
  for (const key of settingKey.options) {
    const text = environment[variableOf(key)];
    if (text === undefined || text === '') continue;
    fixed.set(key, parseSetting(key, toValue(text)));
  }
  return fixed;
}

/** Checks one value. @throws setting.invalid */
export function parseSetting(key: SettingKey, value: unknown): unknown {
  const parsed = settingSchemas[key].safeParse(value);
  if (parsed.success) return parsed.data;
  throw new AppError('setting.invalid', `${key} is not valid`, { key, issues: parsed.error.issues.map(({ message }) => message) });
}

function toValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
