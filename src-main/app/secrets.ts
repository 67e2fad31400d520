import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createToken } from '../base/ids.ts';
import { writeFileAtomic } from '../platform/files/atomicWrite.ts';

/** The token for scripts, the key that signs sessions, and the one under which API keys are kept; made once, readable by the owner only. */
export async function ensureSecrets(runFolder: string): Promise<{ token: string; secret: string; apiKeySecret: string }> {
  return { token: await ensureSecret(join(runFolder, 'token')), secret: await ensureSecret(join(runFolder, 'session.key')), apiKeySecret: await ensureSecret(join(runFolder, 'api-keys.key')) };
}

async function ensureSecret(path: string): Promise<string> {
  if (existsSync(path)) return readFileSync(path, 'utf8').trim();
  const secret = createToken();
  await writeFileAtomic(path, `${secret}\n`, { mode: 0o600 });
  return secret;
}
