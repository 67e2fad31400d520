import { existsSync } from 'node:fs';

/** A command and its arguments. */
export interface Command { readonly command: string; readonly args: readonly string[] }

const SETPRIV_PLACES = ['/usr/bin/setpriv', '/bin/setpriv'];

/** Where the program lies that ties a child to its parent; null where there is none. */
export function findSetpriv(): string | null {
  return SETPRIV_PLACES.find((path) => existsSync(path)) ?? null;
}

/**
 * A command that ends when its parent does, also by a `kill -9` of the parent: by `setpriv` where Linux has it, else by
 * a shell that waits for its input to close. On Windows it is the command itself.
 */
export function guardCommand({ command, args }: Command, { platform, setprivPath }: { platform: NodeJS.Platform; setprivPath: string | null }): Command {
  if (platform === 'win32') return { command, args };
  if (platform === 'linux' && setprivPath !== null) return { command: setprivPath, args: ['--pdeathsig', 'KILL', '--', command, ...args] };
  return { command: '/bin/sh', args: ['-c', WATCH, 'sh', command, ...args] };
}

/** The watcher holds the parent's end of the input; the program gets none. Its exit code is passed on. */
const WATCH = 'exec 3<&0; "$@" </dev/null 3<&- & child=$!; (cat <&3 >/dev/null; kill -KILL $child 2>/dev/null) & watcher=$!; exec 3<&-; trap "kill -TERM $child" TERM; while wait $child; code=$?; kill -0 $child 2>/dev/null; do :; done; kill $watcher 2>/dev/null; exit $code';
