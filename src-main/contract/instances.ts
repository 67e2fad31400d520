import { z } from 'zod';
import { call, stream } from './declare.ts';
import { gpuId, instanceId, instanceReference, runId, terminalId } from './ids.ts';

/** The words of an instance's life; *stalled* is shown for installing or starting with health `slow`. */
export const instanceStatus = z.enum(['stopped', 'queued', 'installing', 'starting', 'started', 'stopping', 'backoff', 'error', 'orphaned']);
export type InstanceStatus = z.infer<typeof instanceStatus>;

export const instanceHealth = z.enum(['unknown', 'ok', 'slow', 'failing']);
export type InstanceHealth = z.infer<typeof instanceHealth>;

/** Why an instance is not running as wanted. The first group comes from a run's exit, the second from the supervisor. */
export const instanceCause = z.enum([
  'out_of_gpu_memory', 'out_of_memory', 'cuda_mismatch', 'port_in_use', 'missing_module', 'missing_command', 'disk_full',
  'network', 'permission', 'killed', 'unknown',
  'preflight', 'install_failed', 'restart_limit', 'app_gone', 'stuck', 'lost', 'spawn_failed', 'terminal_host_lost',
]);
export type InstanceCause = z.infer<typeof instanceCause>;

/** A stage that the script announced: `::wh stage <id> <n>/<m> <title>`. */
export const instanceStage = z.object({ id: z.string(), index: z.int(), count: z.int(), title: z.string() });
export type InstanceStage = z.infer<typeof instanceStage>;

/** One line of a preflight: what was looked at, what was found, and whether it stands in the way. */
export const preflightCheck = z.object({
  id: z.enum(['blueprint', 'platform', 'gpu', 'vram', 'driver', 'disk', 'ram', 'command', 'blueprints', 'port', 'folder', 'secret']),
  level: z.enum(['ok', 'warning', 'failed']),
  subject: z.string().nullable(),
  needed: z.number().nullable(),
  available: z.number().nullable(),
  hint: z.string().nullable(),
});
export type PreflightCheck = z.infer<typeof preflightCheck>;

const instanceName = z.string().max(400);
const portSetting = z.union([z.literal('auto'), z.int().min(1).max(65535)]);
const version = z.string().regex(/^(auto|[0-9]+(\.[0-9]+){0,3}([a-z0-9.+-]*)?)$/);
const group = z.string().trim().max(80);

/** What a user may set on an instance. */
export const instanceSettings = z.object({
  name: instanceName,
  blueprintId: z.string().min(1).max(200),
  group: group.nullable(),
  notes: z.string().max(20_000),
  autostart: z.boolean(),
  port: portSetting,
  gpuIds: z.array(gpuId).max(64).nullable(),
  launchArgs: z.string().max(8_000),
  outputPath: z.string().max(1_000).nullable(),
  hostname: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/).nullable(),
  pythonVersion: version,
  torchVersion: version,
  cudaVersion: version,
});
export type InstanceSettings = z.infer<typeof instanceSettings>;

/** The fields whose change only takes effect at the next start. */
export const restartFields = ['name', 'blueprintId', 'port', 'gpuIds', 'launchArgs', 'outputPath', 'pythonVersion', 'torchVersion', 'cudaVersion'] as const satisfies readonly (keyof InstanceSettings)[];

/** An instance as every client sees it: its settings and a projection of its life. */
export const instance = instanceSettings.omit({ port: true }).extend({
  id: instanceId,
  slug: z.string(),
  portSetting,
  /** The blueprint's own name and group, null when the blueprint is gone. */
  blueprintName: z.string().nullable(),
  category: z.string().nullable(),
  kind: z.string().nullable(),
  /** The instance's folder; it is made at the first start. */
  folder: z.string(),
  desired: z.enum(['running', 'stopped']),
  status: instanceStatus,
  health: instanceHealth,
  statusSinceMs: z.number(),
  cause: instanceCause.nullable(),
  /** The log line that shows the cause, and the module, command, port or check it names. */
  causeEvidence: z.string().nullable(),
  causeSubject: z.string().nullable(),
  exitCode: z.int().nullable(),
  preflight: z.array(preflightCheck),
  stage: instanceStage.nullable(),
  /** In backoff: when the next try begins and which one it is. */
  retryAtMs: z.number().nullable(),
  attempt: z.int(),
  /** The port of the live run; null while there is none. */
  port: z.int().nullable(),
  url: z.string().nullable(),
  pid: z.int().nullable(),
  runId: runId.nullable(),
  terminalId: terminalId.nullable(),
  startedAtMs: z.number().nullable(),
  /** Processes that outlived KILL. */
  stuckPids: z.array(z.int()),
  /** Fields changed since the live run started. */
  restartNeededFor: z.array(z.enum(restartFields)),
  isInstalled: z.boolean(),
  createdAtMs: z.number(),
  deletedAtMs: z.number().nullable(),
});
export type Instance = z.infer<typeof instance>;

/** A live list: everything first, then each change. A new snapshot replaces all. */
export const instanceChange = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('snapshot'), instances: z.array(instance) }),
  z.object({ kind: z.literal('changed'), instance }),
  z.object({ kind: z.literal('removed'), instanceId }),
]);
export type InstanceChange = z.infer<typeof instanceChange>;

/** One edit of one instance: only the fields to be changed. */
export const instanceEdit = z.object({ instance: instanceReference, set: instanceSettings.partial() });
export type InstanceEdit = z.infer<typeof instanceEdit>;

const one = z.object({ instance: instanceReference });
const nameErrors = ['instance.name_taken', 'instance.name_invalid', 'blueprint.not_found', 'port.in_use', 'port.pool_empty'] as const;

export const instances = {
  list: call({ method: 'GET', path: '/instances', summary: 'All instances', input: z.object({ deleted: z.boolean().default(false) }), output: z.array(instance) }),
  get: call({ method: 'GET', path: '/instances/{instance}', summary: 'One instance', input: one, output: instance, errors: ['instance.not_found'] }),
  create: call({ method: 'POST', path: '/instances', summary: 'Create an instance; nothing is installed yet', input: instanceSettings.partial().required({ name: true, blueprintId: true }), output: instance, errors: [...nameErrors, 'database.read_only'] }),
  /** Applies all edits or none. Fields that did not change do not count. */
  update: call({ method: 'PATCH', path: '/instances', summary: 'Edit instances, all or none', input: z.object({ edits: z.array(instanceEdit).min(1).max(500) }), output: z.array(instance), errors: [...nameErrors, 'instance.not_found', 'instance.busy', 'instance.folder_exists', 'database.read_only'] }),
  /** Checks what a start needs, without downloading or making anything. */
  preflight: call({ method: 'GET', path: '/instances/{instance}/preflight', summary: 'What a start needs and finds', input: one, output: z.array(preflightCheck), errors: ['instance.not_found'] }),
  /** Asks for the instance to run; answers once it is queued. Twice does nothing. `acceptUnparsed` confirms a script without a readable header. */
  start: call({ method: 'POST', path: '/instances/{instance}/start', summary: 'Start', input: one.extend({ acceptUnparsed: z.boolean().default(false) }), output: instance, errors: ['instance.not_found', 'instance.busy', 'blueprint.not_found', 'blueprint.unparsed', 'port.in_use', 'port.pool_empty', 'terminal.host_unavailable', 'database.read_only'] }),
  /** Asks for the instance to stop; answers once it is stopping. Twice does nothing. */
  stop: call({ method: 'POST', path: '/instances/{instance}/stop', summary: 'Stop', input: one, output: instance, errors: ['instance.not_found'] }),
  restart: call({ method: 'POST', path: '/instances/{instance}/restart', summary: 'Stop, then start', input: one, output: instance, errors: ['instance.not_found', 'instance.busy', 'blueprint.not_found', 'blueprint.unparsed', 'port.in_use', 'port.pool_empty', 'terminal.host_unavailable', 'database.read_only'] }),
  /** Moves a stopped instance to the trash. */
  delete: call({ method: 'DELETE', path: '/instances/{instance}', summary: 'Move to the trash', input: one, output: instance, errors: ['instance.not_found', 'instance.busy', 'folder.not_writable', 'database.read_only'] }),
  restore: call({ method: 'POST', path: '/instances/{instance}/restore', summary: 'Take back from the trash', input: one, output: instance, errors: ['instance.not_found', 'instance.name_taken', 'instance.folder_exists', 'folder.not_writable', 'database.read_only'] }),
  /** Deletes a trashed instance and its files for good. */
  purge: call({ method: 'DELETE', path: '/trash/{instance}', summary: 'Delete for good', input: one, output: z.void(), errors: ['instance.not_found', 'folder.not_writable', 'database.read_only'] }),
  /** Bytes on disk of one instance's folder, trashed or not; takes as long as the walk takes. */
  measure: call({ method: 'GET', path: '/instances/{instance}/size', summary: 'Disk use', input: one, output: z.object({ sizeBytes: z.number(), fileCount: z.int() }), errors: ['instance.not_found'] }),
  watch: stream({ path: '/instances/watch', summary: 'Live list', input: z.object({}), output: instanceChange }),
};
