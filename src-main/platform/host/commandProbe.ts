import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const DEADLINE_MS = 5_000;

/**
 * The first line that a program prints, usually its version; null when it is missing or fails.
 * Timing: at most five seconds. Does not throw.
 */
export async function readCommandVersion(command: string, args: readonly string[] = ['--version']): Promise<string | null> {
  try {
    const { stdout, stderr } = await execute(command, [...args], { timeout: DEADLINE_MS, killSignal: 'SIGKILL' });
    return (stdout.trim() || stderr.trim()).split('\n')[0]?.trim() ?? '';
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}
