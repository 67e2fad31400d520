import SqliteDatabase from 'better-sqlite3';
import { expect, test } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { addJournalAndSettings } from '../../platform/sqlite/migrations/0001_journal_and_settings.ts';
import { JournalRepository, JournalService } from '../journal/index.ts';
import { parseSettingEnvironment, variableOf } from './settingEnvironment.ts';
import { SettingsRepository } from './settingsRepository.ts';
import { SettingsService } from './settingsService.ts';

function world(environment: Record<string, string> = {}) {
  const database = new SqliteDatabase(':memory:');
  database.exec(addJournalAndSettings.up);
  const journal = new JournalService({ repository: new JournalRepository(database), clock: systemClock, isReadOnly: false });
  const open = (): SettingsService => {
    const settings = new SettingsService({ repository: new SettingsRepository(database), journal, clock: systemClock, fixed: parseSettingEnvironment(environment) });
    settings.start();
    return settings;
  };
  return { database, journal, open };
}

test('a setting has its default until somebody changes it, and keeps the change', () => {
  const { open } = world();
  const settings = open();

  const before = settings.get('ports.first');
  settings.set('ports.first', 20_000);

  expect([before, open().get('ports.first'), open().describe('ports.first').source]).toEqual([19_001, 20_000, 'user']);
});

test('the environment wins, and what it fixes cannot be changed', () => {
  const settings = world({ WHEELHOUSE_PORTS_FIRST: '21000' }).open();

  expect(settings.describe('ports.first')).toMatchObject({ value: 21_000, source: 'environment', variable: 'WHEELHOUSE_PORTS_FIRST' });
  expect(() => settings.set('ports.first', 1)).toThrow(expect.objectContaining({ code: 'setting.fixed_by_environment' }));
});

test('an environment value that its setting does not allow is refused at once', () => {
  expect(() => parseSettingEnvironment({ WHEELHOUSE_PORTS_FIRST: 'many' })).toThrow(expect.objectContaining({ code: 'setting.invalid' }));
});

test('a kept value that is no longer allowed falls back to the default', () => {
  const { database, open } = world();
  database.prepare(`INSERT INTO settings VALUES ('ports.first', '"soon"', 0), ('gone.key', '1', 0)`).run();

  expect(open().describe('ports.first')).toMatchObject({ value: 19_001, source: 'default' });
});

test('what the window remembers comes back', () => {
  const { open } = world();

  open().rememberView({ name: 'table.sort', value: [{ id: 'name', desc: true }] });

  expect(open().views()).toEqual([{ name: 'table.sort', value: [{ id: 'name', desc: true }] }]);
});

test('a change is one row of the journal, old and new', () => {
  const { journal, open } = world();

  open().set('window.theme', 'dark');

  expect(journal.list({ limit: 10 })).toMatchObject([{ event: 'setting.changed', subjectId: 'window.theme', from: '"system"', to: '"dark"' }]);
});

test.each([['ports.first', 'WHEELHOUSE_PORTS_FIRST'], ['window.onQuit', 'WHEELHOUSE_WINDOW_ON_QUIT'], ['listener.tlsCertificate', 'WHEELHOUSE_LISTENER_TLS_CERTIFICATE']] as const)('%s is fixed by %s', (key, variable) => {
  expect(variableOf(key)).toBe(variable);
});
