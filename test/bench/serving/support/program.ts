import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A program that prints its address on its first line and ends with its input. */
export interface Program { readonly url: string; stop(): Promise<void> }

export async function startProgram(path: string, args: readonly string[] = []): Promise<Program> {
  const child = spawn(process.execPath, [path, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data') as [Buffer];
  return {
    url: line.toString().trim(),
    stop: async () => {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    },
  };
}
