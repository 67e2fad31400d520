import pino from 'pino';
import type { DestinationStream } from 'pino';
import { mkdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Writable } from 'node:stream';
import { createStream } from 'rotating-file-stream';
import type { Logger } from '../../base/logger.ts';

const REDACTED_KEYS = ['token', 'apiKey', 'password', 'secret', 'authorization', 'cookie', 'accessToken', 'HF_TOKEN'];
const paths = REDACTED_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);
const SECRET_TEXT = /(hf_[A-Za-z0-9]{20,}|sk-[A-Za-z0-9_-]{20,}|(?<=[?&]token=)[A-Za-z0-9_-]+|(?<=Bearer )[A-Za-z0-9._-]+)/g;

/** Replaces what looks like a secret in a text. */
export function redactText(text: string): string {
  return text.replaceAll(SECRET_TEXT, '[redacted]');
}

/** The backend's log: JSON lines, rotated by size, secrets redacted by key and by shape. */
export interface LogFile {
  readonly log: Logger;
  readonly path: string;
  /** Writes what is still in memory and closes the file. */
  close: () => Promise<void>;
}

/** Opens the log file and rotates it into `<name>.1`, `<name>.2` … */
export function openLog({ path, level, maxBytes, keepFiles }: { path: string; level: string; maxBytes: number; keepFiles: number }): LogFile {
  mkdirSync(dirname(path), { recursive: true });
  const file = createStream(basename(path), { path: dirname(path), size: `${Math.max(64, Math.round(maxBytes / 1024))}K`, rotate: keepFiles });
  // A full disk must not end the backend: what cannot be written is lost, and stderr says so.
  file.on('error', (error) => { process.stderr.write(`log: ${error.message}\n`); });
  const stream: DestinationStream = { write: (line) => { cork(file); file.write(redactText(line)); } };
  const logger = pino({ level, base: null, redact: { paths, censor: '[redacted]' }, timestamp: pino.stdTimeFunctions.isoTime }, stream);
  const close = (): Promise<void> => new Promise((resolve) => { file.end(() => { resolve(); }); });
  return { log: toLogger(logger), path, close };
}

/** Lines of one turn of the loop are written together. */
function cork(file: Writable): void {
  if (file.writableCorked > 0) return;
  file.cork();
  setImmediate(() => { file.uncork(); });
}

function toLogger(logger: pino.Logger): Logger {
  const write = (level: 'debug' | 'info' | 'warn' | 'error') => (event: string, fields: Readonly<Record<string, unknown>> = {}): void => {
    logger[level](toFields(fields), event);
  };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error'), child: (fields) => toLogger(logger.child(fields)) };
}

/** pino serialises errors under `err` only; ours stand under `error`. */
function toFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { error, ...rest } = fields;
  return error instanceof Error ? { ...rest, err: error } : { ...fields };
}
