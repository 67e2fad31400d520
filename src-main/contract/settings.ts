import { z } from 'zod';
import { call, stream } from './declare.ts';

const port = z.int().min(1).max(65535);

/**
 * Every setting with its schema and default. A key can be fixed by the environment variable `WHEELHOUSE_` + the key in
 * capitals with `_` for `.` and before inner capitals, such as WHEELHOUSE_PORTS_FIRST for `ports.first`.
 */
export const settingSchemas = {
  'window.theme': z.enum(['system', 'dark', 'light']).default('system'),
  'window.zoomPercent': z.int().min(50).max(200).default(100),
  'window.bounds': z.object({ x: z.int().nullable(), y: z.int().nullable(), width: z.int().min(400), height: z.int().min(300), isMaximized: z.boolean() }).nullable().default(null),
  'window.onQuit': z.enum(['ask', 'stop', 'leave']).default('ask'),
  'listener.address': z.string().min(1).default('127.0.0.1'),
  'listener.port': z.int().min(0).max(65535).default(8337),
  'listener.tlsCertificate': z.string().nullable().default(null),
  'listener.tlsKey': z.string().nullable().default(null),
  'listener.allowedHosts': z.array(z.string()).default([]),
  'ports.first': port.default(19001),
  'ports.last': port.default(19020),
  'instances.startLimit': z.int().min(1).max(50).default(2),
  'instances.keepTrashDays': z.int().min(1).max(3650).default(30),
  'logs.maxBytes': z.int().min(65_536).default(50 * 1024 * 1024),
  'logs.keepFiles': z.int().min(1).max(100).default(10),
  'terminal.scrollbackLines': z.int().min(100).max(100_000).default(5_000),
  'terminal.fontSize': z.int().min(8).max(32).default(13),
  'journal.keepDays': z.int().min(1).max(3650).default(90),
  'gpus.reserveMib': z.int().min(0).max(65_536).default(512),
  /** UUIDs of the devices on which several programs run at the same time, through NVIDIA's MPS. */
  'gpus.mpsDevices': z.array(z.string()).default([]),
  'alerts.notify': z.enum(['on', 'off']).default('on'),
  'alerts.temperatureCelsius': z.int().min(40).max(120).default(87),
  'alerts.vramPercent': z.int().min(50).max(100).default(95),
  'alerts.throttleSeconds': z.int().min(5).max(3_600).default(30),
  'alerts.diskFreePercent': z.int().min(1).max(50).default(5),
  'alerts.memoryPercent': z.int().min(50).max(100).default(93),
  /** `home`: under the data folder; `user`: the user's own Hugging Face cache; `auto`: `user` if HF_HOME is set, else `home`. */
  'models.cache': z.enum(['auto', 'home', 'user']).default('auto'),
  'models.scanCaches': z.enum(['on', 'off']).default('on'),
  'downloads.parallelFiles': z.int().min(1).max(16).default(2),
  'downloads.parallelParts': z.int().min(1).max(32).default(4),
  /** In KiB a second; 0 for no limit. */
  'downloads.limitKib': z.int().min(0).max(10_000_000).default(0),
  'hub.endpoint': z.url({ protocol: /^https?$/ }).nullable().default(null),
  'serving.ttlSeconds': z.int().min(-1).max(31_536_000).default(900),
  'serving.queueLimit': z.int().min(1).max(10_000).default(256),
  'serving.loopbackWithoutKey': z.enum(['on', 'off']).default('on'),
  /** Origins whose pages may use the model port with a key, such as `https://chat.example`. */
  'serving.allowedOrigins': z.array(z.string()).default([]),
  'serving.llamaServer': z.string().nullable().default(null),
  'serving.engine': z.enum(['auto', 'embedded', 'llama-server']).default('auto'),
  'serving.ramReserveMib': z.int().min(0).max(1_048_576).default(1_024),
  'serving.usageKeepDays': z.int().min(1).max(3_650).default(400),
  'python.command': z.string().nullable().default(null),
} as const;

export type SettingKey = keyof typeof settingSchemas;
export type SettingValue<K extends SettingKey> = z.infer<(typeof settingSchemas)[K]>;
export const settingKey = z.enum(Object.keys(settingSchemas) as [SettingKey, ...SettingKey[]]);

/** A setting as it stands. `environment`: fixed from outside, `variable` names by what. */
export const setting = z.object({
  key: settingKey,
  value: z.json(),
  defaultValue: z.json(),
  source: z.enum(['default', 'user', 'environment']),
  variable: z.string(),
  needsRestart: z.boolean(),
});
export type Setting = z.infer<typeof setting>;

/** What the window remembers: column widths, sort, folded groups, open tabs. Opaque to the backend, by name. */
export const viewState = z.object({ name: z.string().regex(/^[a-zA-Z][a-zA-Z0-9.]{0,79}$/), value: z.json() });
export type ViewState = z.infer<typeof viewState>;

export const settingChange = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('snapshot'), settings: z.array(setting), views: z.array(viewState) }),
  z.object({ kind: z.literal('changed'), setting }),
]);
export type SettingChange = z.infer<typeof settingChange>;

export const settings = {
  list: call({ method: 'GET', path: '/settings', summary: 'All settings', input: z.object({}), output: z.array(setting) }),
  set: call({ method: 'PUT', path: '/settings/{key}', summary: 'Change a setting', input: z.object({ key: settingKey, value: z.json() }), output: setting, errors: ['setting.invalid', 'setting.fixed_by_environment', 'database.read_only'] }),
  reset: call({ method: 'DELETE', path: '/settings/{key}', summary: 'Back to the default', input: z.object({ key: settingKey }), output: setting, errors: ['setting.fixed_by_environment', 'database.read_only'] }),
  /** Remembers one piece of the window's layout. */
  rememberView: call({ method: 'PUT', path: '/views/{name}', summary: 'Remember a view', input: viewState, output: z.void(), errors: ['database.read_only'] }),
  watch: stream({ path: '/settings/watch', summary: 'Settings and remembered views, then changes', input: z.object({}), output: settingChange }),
};
