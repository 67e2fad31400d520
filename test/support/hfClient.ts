import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const PYPI_CLIENT = 'huggingface_hub==2.4.0';
const QUIET = { HF_HUB_DISABLE_TELEMETRY: '1', HF_HUB_DISABLE_UPDATE_CHECK: '1', HF_HUB_DISABLE_PROGRESS_BARS: '1' };

/** The hub's own client from PyPI, in an environment of its own. */
export interface HfClient {
  /** Runs `hf` and gives its exit code. */
  run(args: readonly string[], environment: Record<string, string>): Promise<number | null>;
  /** Runs Python text and gives what it prints. @throws Error with what it says when it fails */
  python(text: string, environment: Record<string, string>): string;
}

/** Installs the client into a folder; a sentence where that cannot be done. */
export function installHfClient(folder: string): HfClient | string {
  const bin = join(folder, 'venv', 'bin');
  const made = spawnSync('python3', ['-m', 'venv', join(folder, 'venv')], { encoding: 'utf8' });
  if (made.status !== 0) return `no Python environment: ${made.stderr || made.stdout}`;
  const installed = spawnSync(join(bin, 'pip'), ['install', '--quiet', '--retries', '1', '--timeout', '20', PYPI_CLIENT], { encoding: 'utf8' });
  if (installed.status !== 0) return `pip cannot reach its index: ${installed.stderr.trim().split('\n').at(-1) ?? ''}`;
  return {
    run: async (args, environment) => {
      const child = spawn(join(bin, 'hf'), args, { env: { ...process.env, ...QUIET, ...environment }, stdio: 'ignore' });
      const [code] = await once(child, 'close') as [number | null];
      return code;
    },
    python: (text, environment) => {
      const done = spawnSync(join(bin, 'python'), ['-c', text], { encoding: 'utf8', env: { ...process.env, ...QUIET, ...environment } });
      if (done.status !== 0) throw new Error(done.stderr);
      return done.stdout;
    },
  };
}
