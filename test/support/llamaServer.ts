import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../../scripts/build-llama-server.mjs', import.meta.url));

/** Why a test that needs llama-server skips. */
export const NO_LLAMA_SERVER = 'llama-server is not built on this machine: npm run build:llama-server';

/** The llama-server that `npm run build:llama-server` built on this machine, or null. Its other programs lie beside it. */
export function findLlamaServer(): string | null {
  const { status, stdout } = spawnSync(process.execPath, [script, '--print'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}
