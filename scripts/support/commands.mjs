import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isWindows, root } from './project.mjs';

/** The full path of a command on PATH, or null. */
export function findCommand(name, path = process.env.PATH ?? '') {
  const names = isWindows ? [`${name}.exe`, `${name}.cmd`] : [name];
  for (const folder of path.split(delimiter)) {
    for (const candidate of names) {
      if (folder && existsSync(join(folder, candidate))) return join(folder, candidate);
    }
  }
  return null;
}

/** Runs to the end without output and says whether it ended well. */
export function doesSucceed(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'ignore', ...options });
  return result.status === 0;
}

/**
 * Runs a command and resolves with how it ended and what it printed; `onWait` is called every few seconds meanwhile.
 * `onText` is called with each piece of output. Does not reject: a command that cannot be started has `status` null and its error in `output`. It ends when we are ended.
 */
export function runCommand(command, args, { onWait, onText, everyMs = 10_000, isQuiet = false, timeoutMs, ...options } = {}) {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    const timers = [];
    let output = '';
    const take = (stream) => (chunk) => {
      output += chunk;
      onText?.(chunk);
      if (!isQuiet) stream.write(chunk);
    };
    child.stdout.setEncoding('utf8').on('data', take(process.stdout));
    child.stderr.setEncoding('utf8').on('data', take(process.stderr));
    if (onWait) timers.push(setInterval(() => { onWait(Math.round((performance.now() - startedAt) / 1000)); }, everyMs));
    if (timeoutMs) timers.push(setTimeout(() => { child.kill('SIGKILL'); }, timeoutMs));
    const stopBoth = () => { child.kill(); process.exit(143); };
    const signals = ['SIGTERM', 'SIGHUP'];
    signals.forEach((name) => process.on(name, stopBoth));
    const end = (status, signal) => {
      timers.forEach(clearTimeout);
      signals.forEach((name) => process.off(name, stopBoth));
      resolve({ status, signal, output, tookMs: performance.now() - startedAt });
    };
    child.on('error', (error) => { output += error.message; end(null, null); });
    child.on('close', end);
  });
}
