import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createToken } from '../../base/ids.ts';
import { getLocalSocketPath } from '../host/localSocketPath.ts';
import type { EngineEndpoint } from './engineHealth.ts';

/** Where an engine is to listen, and what its clients must carry. */
export interface EngineSocket {
  /** Null where local sockets are not for it: then it takes a free port of 127.0.0.1. */
  readonly path: string | null;
  readonly secret: string;
  /** The same as an endpoint; null until the port is known. */
  readonly endpoint: EngineEndpoint | null;
}

/** Chooses a socket of this data folder and makes the folder that it lies in. */
export function createEngineSocket({ home, mark, hasPipes }: { home: string; mark: string; hasPipes: boolean }): EngineSocket {
  const secret = createToken();
  if (process.platform === 'win32' && !hasPipes) return { path: null, secret, endpoint: null };
  const path = getLocalSocketPath(home, mark);
  if (process.platform !== 'win32') mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  return { path, secret, endpoint: { origin: 'http://127.0.0.1', socketPath: path, headers: { authorization: `Bearer ${secret}` } } };
}

/** Where the template of an engine lies while it runs. */
export function getTemplatePath(home: string, mark: string): string {
  return join(home, 'run', `${mark}.jinja`);
}

/** Deletes what an engine listened at and read, for one that could not do so itself. */
export function removeEngineFiles(home: string, mark: string): void {
  rmSync(getTemplatePath(home, mark), { force: true });
  if (process.platform !== 'win32') rmSync(getLocalSocketPath(home, mark), { force: true });
}

export function toPortEndpoint(port: number, secret: string): EngineEndpoint {
  return { origin: `http://127.0.0.1:${port}`, socketPath: null, headers: { authorization: `Bearer ${secret}` } };
}
