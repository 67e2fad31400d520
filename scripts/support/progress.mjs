/** Lines of progress with the seconds since the start, such as `[setup 1.2s] ready`. */
export function createProgress(tag, write = (line) => { console.log(line); }) {
  const startedAt = performance.now();
  return (text) => { write(`[${tag} ${((performance.now() - startedAt) / 1000).toFixed(1)}s] ${text}`); };
}

/** What a person can act on: shown as one line without a stack. */
export class PlainError extends Error {}

/** Runs a script's main function; a PlainError becomes one line on stderr, and any error exit code 1. */
export async function runMain(tag, main) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof PlainError ? `[${tag}] ${error.message}` : error);
    process.exitCode = 1;
  }
}
