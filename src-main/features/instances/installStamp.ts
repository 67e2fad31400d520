import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstanceSettings } from '#contract/instances.ts';

/** What an installation was made from. When any of it changes, the next start installs again. */
export interface InstallInputs {
  readonly scriptSha256: string;
  readonly folder: string;
  readonly isRelocatable: boolean;
  readonly settings: Pick<InstanceSettings, 'pythonVersion' | 'torchVersion' | 'cudaVersion'>;
}

/** The hash of the script, the versions, the user's requirements.txt and, where the environment cannot move, its place. */
export async function readInstallStamp({ scriptSha256, folder, isRelocatable, settings }: InstallInputs): Promise<string> {
  const requirements = await readFile(join(folder, 'requirements.txt')).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error) return Buffer.alloc(0);
    throw error;
  });
  const { pythonVersion, torchVersion, cudaVersion } = settings;
  return createHash('sha256')
    .update(JSON.stringify([scriptSha256, isRelocatable ? null : folder, pythonVersion, torchVersion, cudaVersion]))
    .update(requirements)
    .digest('hex');
}
