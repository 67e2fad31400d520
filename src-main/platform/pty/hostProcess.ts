import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { unavailable } from './hostConnection.ts';

/** Starts the host's entry as a process that outlives this one; returns its pid. */
export type StartHostProcess = (start: { entryPath: string; args: readonly string[]; logPath: string }) => number;

/** What a host needs of the environment; every terminal brings its own complete one. */
const KEPT = /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_.*|TZ|TMPDIR|XDG_RUNTIME_DIR|SystemRoot|SystemDrive|windir|ComSpec|PATHEXT|TEMP|TMP|APPDATA|LOCALAPPDATA|USERPROFILE|USERNAME)$/i;

/** Starts the host with a Node executable, in a session of its own, its output in a log file. */
export function createNodeHostStarter({ executablePath, environment, additions = {} }: {
  executablePath: string;
  environment: Readonly<Record<string, string | undefined>>;
  /** Variables for the host alone, such as what makes an executable run as Node. */
  additions?: Readonly<Record<string, string>>;
}): StartHostProcess {
  const env = { ...Object.fromEntries(Object.entries(environment).filter(([name]) => KEPT.test(name))), ...additions };
  return ({ entryPath, args, logPath }) => {
    mkdirSync(dirname(logPath), { recursive: true, mode: 0o700 });
    const log = openSync(logPath, 'a', 0o600);
    try {
      const child = spawn(executablePath, [entryPath, ...args], { detached: true, stdio: ['ignore', log, log], env, windowsHide: true });
      child.on('error', () => { child.removeAllListeners(); });
      child.unref();
      if (child.pid === undefined) throw unavailable(`${executablePath} could not be started`);
      return child.pid;
    } finally {
      closeSync(log);
    }
  };
}
