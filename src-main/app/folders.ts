import { mkdirSync } from 'node:fs';
import { AppError } from '#contract/errors.ts';
import type { AppConfig } from './config.ts';

/** Makes the data folder's fixed parts, the private one for its owner only. @throws folder.not_writable */
export function ensureFolders(config: AppConfig): void {
  try {
    for (const path of [config.home, config.logs]) mkdirSync(path, { recursive: true });
    mkdirSync(config.run, { recursive: true, mode: 0o700 });
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new AppError('folder.not_writable', 'the data folder cannot be made', { path: config.home, reason }, { cause: error });
  }
}
