import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** Where the daemon of one device and its clients meet, and where it writes its logs. */
export interface MpsFolders {
  readonly pipe: string;
  readonly log: string;
}

/** The folders of one device. Its name is shortened: a socket's path holds 107 characters at most. */
export function toMpsFolders(folder: string, gpuId: string): MpsFolders {
  const name = createHash('sha256').update(gpuId).digest('hex').slice(0, 8);
  return { pipe: join(folder, name), log: join(folder, `${name}.log`) };
}
