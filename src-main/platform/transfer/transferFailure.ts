import type { Download } from '#contract/downloads.ts';

export type TransferProblem = NonNullable<Download['problem']>;

/** Why a file did not come. `retryAfterMs`: how long the other side asks to be left alone, null where it said nothing. */
export class TransferFailure extends Error {
  readonly problem: TransferProblem;
  readonly retryAfterMs: number | null;

  constructor(problem: TransferProblem, detail: string, { retryAfterMs = null, cause }: { retryAfterMs?: number | null; cause?: unknown } = {}) {
    super(detail, { cause });
    this.name = 'TransferFailure';
    this.problem = problem;
    this.retryAfterMs = retryAfterMs;
  }
}

const DISK_CODES: Readonly<Record<string, TransferProblem>> = { ENOSPC: 'disk_full', EDQUOT: 'disk_full', EFBIG: 'disk_full', EACCES: 'not_writable', EPERM: 'not_writable', EROFS: 'not_writable', EIO: 'not_writable' };

/** Sorts what was thrown on the way: the disk's refusals by their code, everything else is a connection that broke. */
export function toTransferFailure(error: unknown): TransferFailure {
  if (error instanceof TransferFailure) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const detail = error instanceof Error ? [code, error.message].filter((part) => part !== '').join(': ') : String(error);
  return new TransferFailure(DISK_CODES[code] ?? 'unreachable', detail, { cause: error });
}

/** Sorts an HTTP status that is none of success. */
export function failureOfStatus(status: number, retryAfterMs: number | null): TransferFailure {
  const detail = `status ${status}`;
  if (status === 429) return new TransferFailure('rate_limited', detail, { retryAfterMs });
  if (status === 401 || status === 403) return new TransferFailure('gated', detail);
  if (status === 404 || status === 410) return new TransferFailure('not_found', detail);
  if (status === 408 || status >= 500) return new TransferFailure('unreachable', detail, { retryAfterMs });
  return new TransferFailure('protocol', detail);
}
