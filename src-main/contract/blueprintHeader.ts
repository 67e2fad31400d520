import { z } from 'zod';

const text = z.string();
const names = z.array(z.string());
const mib = z.int().nullable();

/** One step of stopping: the signal, and how long to wait before the next one; null after the last. */
export const stopStep = z.object({ signal: z.enum(['HUP', 'INT', 'QUIT', 'TERM', 'KILL', 'USR1', 'USR2']), waitSeconds: z.int().nullable() });
export type StopStep = z.infer<typeof stopStep>;

/** A typed launch option: `name:type:default:flag`. */
export const launchOption = z.object({ name: text, type: z.enum(['string', 'int', 'float', 'bool', 'path']), default: text, flag: text });
export type LaunchOption = z.infer<typeof launchOption>;

/** A link in the instance's folder to a path below the shared models folder. Both are relative and stay inside. */
export const blueprintLink = z.object({ path: text, sharedPath: text });
export type BlueprintLink = z.infer<typeof blueprintLink>;

/**
 * A blueprint's header, typed, with every default filled in. The keys in the script are the same words in snake case, such
 * as `ready.install_timeout_s` for `ready.installTimeoutSeconds`.
 */
export const blueprintHeader = z.object({
  /** The file's stem where the header names nothing. */
  name: text,
  category: text.nullable(),
  description: text.nullable(),
  icon: text.nullable(),
  /** Always `http:` or `https:`. */
  homepage: text.nullable(),
  license: text.nullable(),
  version: text.nullable(),
  /** Decides the defaults of `ready.type` and `restart.policy`. */
  kind: z.enum(['webui', 'server', 'tool', 'training', 'build', 'container']),
  platforms: z.array(z.enum(['linux', 'darwin', 'win32'])),
  requires: z.object({
    gpu: z.enum(['none', 'optional', 'nvidia', 'amd', 'intel']),
    vramMib: mib, diskMib: mib, ramMib: mib,
    driverMin: text.nullable(), cudaMin: text.nullable(), computeCap: text.nullable(),
    commands: names,
    blueprints: names,
  }),
  env: z.object({
    type: z.enum(['conda', 'venv', 'uv', 'none']),
    /** Relative to the instance's folder and inside it. */
    path: text,
    /** A version or `auto`. */
    python: text, torch: text, cuda: text,
    isRelocatable: z.boolean(),
  }),
  /** PEP 503 names. */
  wheels: z.object({ accept: names, protect: names }),
  /** Each name in `extra` reaches the script as WEBUI_PORT_<NAME>. */
  port: z.object({ primary: z.union([z.literal('auto'), z.int()]), extra: names }),
  bind: z.enum(['loopback', 'any']),
  ready: z.object({
    type: z.enum(['http', 'tcp', 'log', 'process', 'none']),
    path: text,
    /** Both ends belong to it. */
    status: z.object({ from: z.int(), to: z.int() }),
    /** Compiles as a regular expression. */
    regex: text.nullable(),
    timeoutSeconds: z.int(),
    installTimeoutSeconds: z.int(),
  }),
  url: z.object({ path: text }),
  stop: z.object({ signals: z.array(stopStep), command: text.nullable() }),
  restart: z.object({
    policy: z.enum(['never', 'on-failure', 'always']),
    /** At most so many restarts within the window. */
    max: z.int(), windowSeconds: z.int(), backoffSeconds: z.int(), backoffMaxSeconds: z.int(),
    /** Exit codes beside 0 that are no failure. */
    exitOk: z.array(z.int()),
  }),
  /** What may be `$1`; empty means one single pass without a verb. */
  verbs: z.array(z.enum(['install', 'run', 'update', 'check', 'clean'])),
  links: z.array(blueprintLink),
  outputs: text.nullable(),
  args: z.object({ file: text, options: z.array(launchOption) }),
  /** Names of environment variables taken from the secret store. */
  secrets: names,
  satellite: z.enum(['allowed', 'exclusive', 'forbidden']),
  gui: z.enum(['browser', 'window', 'desktop']),
});
export type BlueprintHeader = z.infer<typeof blueprintHeader>;
/** What kind of program a blueprint makes. */
export type BlueprintKind = BlueprintHeader['kind'];
