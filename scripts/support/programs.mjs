import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root } from './project.mjs';

/**
 * Runs a program in the foreground: its signals are passed on and its exit code becomes ours. Ctrl-C in a terminal
 * reaches the program by itself, so it is not passed on a second time.
 */
export function runInForeground(command, args, { onOutput, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ['inherit', onOutput ? 'pipe' : 'inherit', 'inherit'] });
    child.stdout?.on('data', (chunk) => { process.stdout.write(chunk); onOutput(String(chunk)); });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.on(signal, () => { if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal); });
    }
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}

/** Starts a program that outlives us; whether it could be started is not waited for. */
export function startDetached(command, args) {
  const child = spawn(command, args, { detached: true, stdio: 'ignore' });
  child.on('error', (error) => { console.error(`${command}: ${error.message}`); });
  child.unref();
}
