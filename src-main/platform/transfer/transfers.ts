import type { TransferJob, TransferProgress, TransferResult } from './transferMessages.ts';

/** Brings files from the network or from elsewhere on this machine to their place. */
export interface Transfers {
  /**
   * Brings one file; what a former run of the same job left is not fetched again.
   *
   * Errors: TransferFailure says why it did not come. Timing: an abort rejects with the signal's reason once what had come is
   * written; until then nothing else may touch the job's files.
   */
  run(job: TransferJob, options: { signal: AbortSignal; onProgress: (progress: TransferProgress) => void }): Promise<TransferResult>;
  /** For all transfers together; 0 for no limit. */
  setLimit(bytesPerSecond: number): void;
  /** Ends everything at once; files stay where they are. May be called twice. */
  stop(): Promise<void>;
}
