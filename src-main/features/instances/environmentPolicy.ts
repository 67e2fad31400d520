import { delimiter, join } from 'node:path';
import type { BlueprintHeader } from '#contract/blueprintHeader.ts';
import type { InstanceSettings } from '#contract/instances.ts';
import { toPortVariable } from './portPolicy.ts';
import { MAIN_PORT } from './portService.ts';

type Variables = Readonly<Record<string, string>>;

/** Everything that a script's environment is made from. */
export interface ScriptEnvironment {
  /** The backend's own environment. */
  readonly base: Readonly<Record<string, string | undefined>>;
  /** What `versions.env` says. */
  readonly versions: Variables;
  readonly header: BlueprintHeader;
  readonly settings: InstanceSettings;
  readonly instanceId: string;
  readonly slug: string;
  readonly blueprintStem: string;
  readonly runId: string;
  readonly ports: Readonly<Record<string, number>>;
  readonly paths: ScriptPaths;
}

export interface ScriptPaths {
  readonly folder: string;
  readonly output: string;
  readonly temporary: string;
  /** Where the scripts find what they share. */
  readonly blueprintLib: string;
}

/** An activated shell, a preloaded library or Electron's own variables would poison every install. */
const REMOVED = /^(PYTHONHOME|PYTHONPATH|PYTHONSTARTUP|VIRTUAL_ENV|VIRTUAL_ENV_PROMPT|CONDA_.*|_CONDA_.*|_CE_.*|PS1|LD_PRELOAD|DYLD_INSERT_LIBRARIES|ELECTRON_.*|CHROME_.*|NODE_OPTIONS|NODE_CHANNEL_.*|NODE_ENV|WHEELHOUSE_.*|npm_.*|INIT_CWD|BASH_ENV|ENV|CDPATH|BASH_FUNC_.*|VITEST.*|OLDPWD|PWD|SHLVL|_)$/;

/** The environment without what an activated shell or the app's own host left in it; its PATH without that environment's folders. */
export function cleanEnvironment(base: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(base)) {
    if (value !== undefined && !REMOVED.test(name)) kept[name] = value;
  }
  const poisoned = [base['VIRTUAL_ENV'], base['CONDA_PREFIX']].filter((folder): folder is string => folder !== undefined && folder !== '');
  const path = (base['PATH'] ?? '').split(delimiter).filter((folder) => !poisoned.some((root) => folder === join(root, 'bin') || folder.startsWith(join(root, 'condabin'))));
  if (base['PATH'] !== undefined) kept['PATH'] = path.join(delimiter);
  return kept;
}

/** The complete environment of one run: AiKore's names and ours, as the design's table lists them. */
export function createScriptEnvironment(input: ScriptEnvironment): Record<string, string> {
  const { base, versions, header, settings, slug, paths } = input;
  return {
    ...cleanEnvironment(base),
    ...versions,
    ...versionVariables(input),
    ...portVariables(input.ports),
    ...gpuVariables(settings.gpuIds),
    INSTANCE_NAME: settings.name,
    INSTANCE_CONF_DIR: paths.folder,
    INSTANCE_OUTPUT_DIR: paths.output,
    BLUEPRINT_ID: input.blueprintStem,
    SUBFOLDER: `/instance/${slug}/`,
    TMPDIR: paths.temporary,
    WEBUI_HOST: header.bind === 'any' ? '0.0.0.0' : '127.0.0.1',
    WHEELHOUSE_RUN_ID: input.runId,
    WHEELHOUSE_INSTANCE_ID: input.instanceId,
    WHEELHOUSE_BLUEPRINT_LIB: paths.blueprintLib,
    PYTHONUNBUFFERED: '1',
    PYTHONNOUSERSITE: '1',
    TERM: 'xterm-256color',
  };
}

/** The environment of a shell in an instance's folder, its Python environment activated where there is one. */
export function createShellEnvironment({ base, environmentFolder, folder, slug }: { base: ScriptEnvironment['base']; environmentFolder: string | null; folder: string; slug: string }): Record<string, string> {
  const clean = cleanEnvironment(base);
  const shared = { ...clean, INSTANCE_CONF_DIR: folder, SUBFOLDER: `/instance/${slug}/`, PYTHONNOUSERSITE: '1', TERM: 'xterm-256color' };
  if (environmentFolder === null) return shared;
  return { ...shared, VIRTUAL_ENV: environmentFolder, PATH: [join(environmentFolder, 'bin'), clean['PATH'] ?? ''].filter((part) => part !== '').join(delimiter) };
}

/** The index of PyTorch builds for a CUDA version: 12.8 → …/cu128. */
export function toTorchIndexUrl(cudaVersion: string, defaultUrl: string): string {
  const [major, minor] = cudaVersion.split('.');
  return major === undefined || minor === undefined ? defaultUrl : defaultUrl.replace(/\/[a-z]+\d*$/, `/cu${major}${minor}`);
}

/** Reads the lines `NAME=value` or `NAME="value"` of a versions file; others are comments. */
export function parseVersions(text: string): Record<string, string> {
  const versions: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const [, name, value] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line.trim()) ?? [];
    if (name !== undefined && value !== undefined) versions[name] = value.replace(/^(["'])(.*)\1$/, '$2');
  }
  return versions;
}

/** Another index of PyTorch builds comes from the versions file or the backend's own environment; without one, pip's own is used. */
function versionVariables({ base, header, settings, versions }: ScriptEnvironment): Record<string, string> {
  const choose = (own: string, blueprint: string): string | null => [own, blueprint].find((version) => version !== 'auto') ?? null;
  const python = choose(settings.pythonVersion, header.env.python);
  const torch = choose(settings.torchVersion, header.env.torch);
  const cuda = choose(settings.cudaVersion, header.env.cuda);
  const indexUrl = versions['PYTORCH_INDEX_URL'] ?? base['PYTORCH_INDEX_URL'];
  return {
    ...(python !== null && { PYTHON_VERSION: python }),
    ...(torch !== null && { TORCH_VERSION: torch }),
    ...(cuda !== null && { CUDA_VERSION: cuda }),
    ...(indexUrl !== undefined && { PYTORCH_INDEX_URL: cuda === null ? indexUrl : toTorchIndexUrl(cuda, indexUrl) }),
  };
}

function portVariables(ports: Readonly<Record<string, number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(ports).map(([name, port]) => [name === MAIN_PORT ? 'WEBUI_PORT' : toPortVariable(name), String(port)]));
}

/** No choice leaves all GPUs visible, an empty one none. */
function gpuVariables(gpuIds: readonly string[] | null): Record<string, string> {
  return { CUDA_DEVICE_ORDER: 'PCI_BUS_ID', ...(gpuIds !== null && { CUDA_VISIBLE_DEVICES: gpuIds.join(',') }) };
}
