import { spawn } from 'node:child_process';

const COMMANDS: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = { darwin: ['open'], win32: ['cmd', '/c', 'start', ''], linux: ['xdg-open'] };

/** Opens a link with the desktop's own command; does nothing where there is none. */
export function openInBrowser(url: string): void {
  const [command, ...args] = COMMANDS[process.platform] ?? [];
  if (command === undefined) return;
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
  child.on('error', () => { process.stderr.write(`No browser could be opened; open ${url}\n`); });
  child.unref();
}
