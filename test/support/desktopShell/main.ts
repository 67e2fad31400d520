// The desktop shell around a backend that only remembers: its ports echo, its settings are a map.
import { Emitter } from '../../../src-main/base/emitter.ts';
import { silentLog } from '../../../src-main/base/logger.ts';
import { startDesktop } from '../../../src-main/electron/startDesktop.ts';
import type { DesktopBackend } from '../../../src-main/electron/desktopBackend.ts';
import { settingSchemas, type Setting, type SettingKey, type SettingValue } from '../../../src-main/contract/settings.ts';

const [appFolder = '', home = '', running = '0'] = process.argv.slice(2);
const say = (line: string): void => { process.stdout.write(`${line}\n`); };

const saved = new Map<SettingKey, unknown>();
const didChange = new Emitter<Setting>();
const settings: DesktopBackend['settings'] = {
  onDidChange: didChange.event,
  get: <K extends SettingKey>(key: K) => settingSchemas[key].parse(saved.get(key)) as SettingValue<K>,
  set: (key, value) => {
    saved.set(key, value);
    say(`setting ${key} ${JSON.stringify(value)}`);
    const changed = { key, value: saved.get(key), defaultValue: null, source: 'user', variable: '', needsRestart: false } as Setting;
    didChange.fire(changed);
  },
};

const backend: DesktopBackend = {
  settings,
  notices: running === '7' ? ['The database was damaged.'] : [],
  liveCount: Number(running),
  onDidChangeLiveCount: new Emitter<number>().event,
  onDidRequestStop: new Emitter<'stop' | 'leave'>().event,
  connectWindow: ({ rpc, terminals }) => {
    rpc.on('message', ({ data }) => { rpc.postMessage(`echo ${String(data)}`); });
    terminals.on('message', ({ data }) => { terminals.postMessage(data); });
    say('window connected');
    const dispose = (): void => { say('window disconnected'); };
    return { dispose, [Symbol.dispose]: dispose };
  },
  stop: async ({ runs }) => { say(`backend stopped, runs ${runs}`); },
};

startDesktop({ appFolder, paths: { home, logs: home }, log: silentLog, openBackend: async () => ({ kind: 'started', backend }) });
