import { createHash } from 'node:crypto';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** `sun_path` holds 108 bytes on Linux and 104 on macOS, the closing NUL included. */
const MAX_SOCKET_PATH_BYTES = 103;

/** Where a process of this data folder listens: in its `run/`, a named pipe on Windows, a private folder if the path is too long. */
export function getLocalSocketPath(home: string, name: string, platform: NodeJS.Platform = process.platform): string {
  const hash = createHash('sha256').update(home).digest('hex').slice(0, 16);
  if (platform === 'win32') return `\\\\.\\pipe\\wheelhouse-${name}-${hash}`;
  const path = join(home, 'run', `${name}.sock`);
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES) return path;
  return join(tmpdir(), `wheelhouse-${userInfo().uid}-${hash}`, `${name}.sock`);
}
