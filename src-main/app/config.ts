import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getLocalSocketPath } from '../platform/host/localSocketPath.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where everything lies, decided once. Only this file reads the environment. */
export interface AppConfig {
  readonly version: string;
  /** The data folder. */
  readonly home: string;
  readonly database: string;
  readonly instances: string;
  readonly blueprints: string;
  readonly logs: string;
  readonly trash: string;
  /** Models and other files that instances share. */
  readonly shared: string;
  readonly run: string;
  readonly socket: string;
  /** What ships with the app. */
  readonly stockBlueprints: string;
  readonly versionsFile: string;
  /** Where `npm run build:llama-server` keeps its builds. */
  readonly llamaBuilds: string;
  readonly window: string;
  readonly logLevel: string;
  /** The environment that children are made from and settings may be fixed by. */
  readonly environment: Environment;
  /** The command line's port, which wins over the setting. */
  readonly port: number | null;
  /** NVIDIA's library and programs where they are not the system's own; null for those. */
  readonly nvidia: { readonly library: string | null; readonly smi: string | null; readonly mpsControl: string | null };
  readonly hub: HubPlaces;
  readonly modelCaches: ModelCaches;
}

/** Where else models lie. A folder that is not there is no fault. */
export interface ModelCaches {
  /** Everything that Wheelhouse itself keeps of models. */
  readonly models: string;
  /** Copies that were imported. */
  readonly imported: string;
  /** What comes with the app. */
  readonly stock: string;
  readonly lmStudio: readonly string[];
}

/** What the environment says about the hub and where models lie. */
export interface HubPlaces {
  /** `HF_ENDPOINT`; null where it is not set. */
  readonly endpoint: string | null;
  /** `HF_TOKEN`; null where it is not set, and then the file counts. */
  readonly token: string | null;
  readonly tokenFile: string;
  /** The cache of Wheelhouse's own data folder, and the user's, both of the Hugging Face layout. */
  readonly homeCache: string;
  readonly userCache: string;
  /** Whether the user has said where the Hugging Face cache shall be. */
  readonly isUserCacheSet: boolean;
  /** Where Ollama keeps its blobs. */
  readonly ollamaBlobs: string;
}

/** The folder that holds blueprints, dist and versions.env: the repository, or the packed app's resources. */
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Reads where everything lies. `home` and `port` come from the command line and win over the environment. */
export function readConfig({ home, port, environment = process.env, resources = root, version = '0.1.0' }: { home?: string | undefined; port?: number | undefined; environment?: Environment; resources?: string; version?: string } = {}): AppConfig {
  const folder = resolve(home ?? environment['WHEELHOUSE_HOME'] ?? defaultHome(environment));
  const run = join(folder, 'run');
  return {
    version,
    home: folder,
    database: join(folder, 'wheelhouse.db'),
    instances: join(folder, 'instances'),
    blueprints: join(folder, 'blueprints'),
    logs: join(folder, 'logs'),
    trash: join(folder, 'trash'),
    shared: join(folder, 'shared'),
    run,
    socket: getLocalSocketPath(folder, 'backend'),
    stockBlueprints: join(resources, 'blueprints'),
    versionsFile: join(resources, 'versions.env'),
    llamaBuilds: readLlamaBuilds(environment),
    window: join(resources, 'dist', 'window'),
    logLevel: environment['WHEELHOUSE_LOG_LEVEL'] ?? 'info',
    environment,
    port: port ?? null,
    nvidia: readNvidia(environment),
    hub: readHubPlaces(folder, environment),
    modelCaches: readModelCaches(folder, resources),
  };
}

/** Source of the names: https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables */
function readHubPlaces(home: string, environment: Environment): HubPlaces {
  const filled = (name: string): string | null => { const value = environment[name]?.trim(); return value === undefined || value === '' ? null : value; };
  const userHome = filled('HF_HOME') ?? join(filled('XDG_CACHE_HOME') ?? join(homedir(), '.cache'), 'huggingface');
  return {
    endpoint: filled('HF_ENDPOINT'),
    token: filled('HF_TOKEN'),
    tokenFile: filled('HF_TOKEN_PATH') ?? join(userHome, 'token'),
    homeCache: join(home, 'models', 'huggingface', 'hub'),
    userCache: filled('HF_HUB_CACHE') ?? join(userHome, 'hub'),
    isUserCacheSet: filled('HF_HOME') !== null || filled('HF_HUB_CACHE') !== null,
    ollamaBlobs: join(filled('OLLAMA_MODELS') ?? join(homedir(), '.ollama', 'models'), 'blobs'),
  };
}

function readModelCaches(home: string, resources: string): ModelCaches {
  const models = join(home, 'models');
  return {
    models, imported: join(models, 'imported'), stock: join(resources, 'resources', 'models'),
    lmStudio: [join(homedir(), '.lmstudio', 'models'), join(homedir(), '.cache', 'lm-studio', 'models')],
  };
}

function readLlamaBuilds(environment: Environment): string {
  return environment['WHEELHOUSE_LLAMA_CACHE'] ?? join(environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'wheelhouse', 'llama-server');
}

function readNvidia(environment: Environment): AppConfig['nvidia'] {
  return { library: environment['WHEELHOUSE_NVML_LIBRARY'] ?? null, smi: environment['WHEELHOUSE_NVIDIA_SMI'] ?? null, mpsControl: environment['WHEELHOUSE_MPS_CONTROL'] ?? null };
}

function defaultHome(environment: Environment): string {
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Wheelhouse');
  if (process.platform === 'win32') return join(environment['LOCALAPPDATA'] ?? homedir(), 'Wheelhouse');
  return join(environment['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'wheelhouse');
}
