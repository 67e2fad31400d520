import type { BlueprintHeader } from '#contract/blueprintHeader.ts';
import * as codecs from './headerCodecs.ts';
import type { Codec } from './headerCodecs.ts';

type Select<K extends string, V> = (header: BlueprintHeader) => Record<K, V>;

/** One key of the header: how its text gets into the header and out of it. Lists take `key[] = value` too. */
export interface HeaderField {
  readonly key: string;
  readonly isList: boolean;
  /** What is wrong with the text, or null when it was taken. */
  read(header: BlueprintHeader, text: string): string | null;
  /** Adds one item; on a field that is no list it says so. */
  append(header: BlueprintHeader, text: string): string | null;
  /** One text for a single value, one for each item of a list. */
  print(header: BlueprintHeader): readonly string[];
}

function single<K extends string, V>(key: string, codec: Codec<V>, select: Select<K, V>, property: K): HeaderField {
  return {
    key,
    isList: false,
    read: (header, text) => {
      const read = codec.read(text);
      if ('problem' in read) return read.problem;
      select(header)[property] = read.value;
      return null;
    },
    append: () => 'takes one value, not a list',
    print: (header) => [codec.print(select(header)[property])],
  };
}

function list<K extends string, V>(key: string, codec: Codec<V>, select: Select<K, V[]>, property: K): HeaderField {
  const append = (header: BlueprintHeader, text: string): string | null => {
    const read = codec.read(text);
    if ('problem' in read) return read.problem;
    select(header)[property].push(read.value);
    return null;
  };
  return {
    key,
    isList: true,
    append,
    read: (header, text) => {
      select(header)[property] = [];
      const items = text.split(/[,\n]/).map((item) => item.trim()).filter((item) => item !== '');
      return items.map((item) => append(header, item)).find((problem) => problem !== null) ?? null;
    },
    print: (header) => select(header)[property].map((value) => codec.print(value)),
  };
}

const text = codecs.orNull(codecs.freeText);
const integer = codecs.orNull(codecs.integer);
const range = codecs.orNull(codecs.versionRange);
const whole = (header: BlueprintHeader): BlueprintHeader => header;
const requires = (header: BlueprintHeader): BlueprintHeader['requires'] => header.requires;
const env = (header: BlueprintHeader): BlueprintHeader['env'] => header.env;
const ready = (header: BlueprintHeader): BlueprintHeader['ready'] => header.ready;
const restart = (header: BlueprintHeader): BlueprintHeader['restart'] => header.restart;

/** Every key of header version 1, in the order in which it is printed. `kind` comes first because defaults hang on it. */
export const headerFields: readonly HeaderField[] = [
  single('kind', codecs.oneOf('webui', 'server', 'tool', 'training', 'build', 'container'), whole, 'kind'),
  single('name', codecs.freeText, whole, 'name'),
  single('category', text, whole, 'category'),
  single('description', text, whole, 'description'),
  single('icon', text, whole, 'icon'),
  single('homepage', codecs.orNull(codecs.httpAddress), whole, 'homepage'),
  single('license', text, whole, 'license'),
  single('version', text, whole, 'version'),
  list('platforms', codecs.oneOf('linux', 'darwin', 'win32'), whole, 'platforms'),
  single('requires.gpu', codecs.oneOf('none', 'optional', 'nvidia', 'amd', 'intel'), requires, 'gpu'),
  single('requires.vram_mib', integer, requires, 'vramMib'),
  single('requires.disk_mib', integer, requires, 'diskMib'),
  single('requires.ram_mib', integer, requires, 'ramMib'),
  single('requires.driver_min', range, requires, 'driverMin'),
  single('requires.cuda_min', range, requires, 'cudaMin'),
  single('requires.compute_cap', range, requires, 'computeCap'),
  list('requires.commands', codecs.commandName, requires, 'commands'),
  list('requires.blueprints', codecs.blueprintName, requires, 'blueprints'),
  single('env.type', codecs.oneOf('conda', 'venv', 'uv', 'none'), env, 'type'),
  single('env.path', codecs.relativePath, env, 'path'),
  single('env.python', codecs.version, env, 'python'),
  single('env.torch', codecs.version, env, 'torch'),
  single('env.cuda', codecs.version, env, 'cuda'),
  single('env.relocatable', codecs.flag, env, 'isRelocatable'),
  list('wheels.accept', codecs.distribution, (header) => header.wheels, 'accept'),
  list('wheels.protect', codecs.distribution, (header) => header.wheels, 'protect'),
  single('port.primary', codecs.portNumber, (header) => header.port, 'primary'),
  list('port.extra', codecs.variableName, (header) => header.port, 'extra'),
  single('bind', codecs.oneOf('loopback', 'any'), whole, 'bind'),
  single('ready.type', codecs.oneOf('http', 'tcp', 'log', 'process', 'none'), ready, 'type'),
  single('ready.path', codecs.urlPath, ready, 'path'),
  single('ready.status', codecs.statusRange, ready, 'status'),
  single('ready.regex', codecs.orNull(codecs.regex), ready, 'regex'),
  single('ready.timeout_s', codecs.integer, ready, 'timeoutSeconds'),
  single('ready.install_timeout_s', codecs.integer, ready, 'installTimeoutSeconds'),
  single('url.path', codecs.urlPath, (header) => header.url, 'path'),
  single('stop.signals', codecs.stopSteps, (header) => header.stop, 'signals'),
  single('stop.command', text, (header) => header.stop, 'command'),
  single('restart', codecs.oneOf('never', 'on-failure', 'always'), restart, 'policy'),
  single('restart.max', codecs.integer, restart, 'max'),
  single('restart.window_s', codecs.integer, restart, 'windowSeconds'),
  single('restart.backoff_s', codecs.integer, restart, 'backoffSeconds'),
  single('restart.backoff_max_s', codecs.integer, restart, 'backoffMaxSeconds'),
  list('restart.exit_ok', codecs.exitCode, restart, 'exitOk'),
  list('verbs', codecs.oneOf('install', 'run', 'update', 'check', 'clean'), whole, 'verbs'),
  list('links', codecs.link, whole, 'links'),
  single('outputs', codecs.orNull(codecs.relativePath), whole, 'outputs'),
  single('args.file', codecs.relativePath, (header) => header.args, 'file'),
  list('args', codecs.option, (header) => header.args, 'options'),
  list('secrets', codecs.variableName, whole, 'secrets'),
  single('satellite', codecs.oneOf('allowed', 'exclusive', 'forbidden'), whole, 'satellite'),
  single('gui', codecs.oneOf('browser', 'window', 'desktop'), whole, 'gui'),
];
