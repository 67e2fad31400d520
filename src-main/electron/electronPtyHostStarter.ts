import { createNodeHostStarter, type StartHostProcess } from '../platform/pty/hostProcess.ts';

interface ElectronHostStarterOptions {
  environment: Readonly<Record<string, string | undefined>>;
  /** Electron's own executable unless a test brings another. */
  executablePath?: string;
}

/**
 * Starts the PTY host by Electron run as Node, from outside the archive. The switch is set for the host alone; terminals
 * get complete environments without it. See `app/decisions/0002-pty-host-runtime.md`.
 */
export function createElectronPtyHostStarter({ environment, executablePath = process.execPath }: ElectronHostStarterOptions): StartHostProcess {
  const start = createNodeHostStarter({ executablePath, environment, additions: { ELECTRON_RUN_AS_NODE: '1' } });
  return ({ entryPath, ...rest }) => start({ entryPath: toUnpackedPath(entryPath), ...rest });
}

/** Where electron-builder puts a file of the archive that is listed under `asarUnpack`. */
export function toUnpackedPath(path: string): string {
  return path.replace(/([\\/])app\.asar(?=[\\/])/, '$1app.asar.unpacked');
}
