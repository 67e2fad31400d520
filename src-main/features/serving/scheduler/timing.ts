/** The scheduler's times in one place. Source: the serving rules, by number. */
export const TIMING = {
  /** 6: a model that was just loaded is not evicted before. */
  minResidentMs: 2_000,
  /** 7: whoever waited so long goes before new requests for what stands in its way. */
  fairnessMs: 15_000,
  /** One step of priority for each minute of waiting. */
  ageStepMs: 60_000,
  /** 8: everybody is looked at again, whatever was missed. */
  watchdogMs: 60_000,
  /** 11: no log, no progress and no growth for so long is a stall. */
  stallMs: 120_000,
  healthFastMs: 50,
  healthFastForMs: 2_000,
  healthSlowMs: 250,
  healthDeadlineMs: 5_000,
  residentPollMs: 5_000,
  /** 12 */
  backoffFirstMs: 5_000,
  backoffMostMs: 300_000,
  /** 13: memory that does not come back is not waited for longer. */
  memoryBackMs: 5_000,
  memoryBackPollMs: 100,
  /** 14: no engine's end waits longer for the driver. */
  readingMs: 300,
  /** 15: an engine that is asked for something and sends nothing for so long is asked for its health; so many silences are a crash. */
  silentMs: 120_000,
  silentLimit: 3,
  crashWindowMs: 300_000,
  crashLimit: 3,
  /** 16: after the ledger refused what looked free. */
  replaceMs: 500,
  /** 16: memory that others hold is looked at again; RAM that they give back is no event. */
  lookAgainMs: 1_000,
  /** 5: no longer is the first reading of the devices waited for. */
  firstReadingMs: 10_000,
} as const;

/** An automatic context is not made smaller than this, tokens per slot. */
export const LEAST_CONTEXT_TOKENS = 2_048;
