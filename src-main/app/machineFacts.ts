import type { MachineFacts } from '../features/system/index.ts';
import { isWritable, readFreeBytes } from '../platform/files/folderFacts.ts';
import { readCommandVersion } from '../platform/host/commandProbe.ts';

/** Looks for what Wheelhouse and its blueprints need of this machine. */
export async function readMachineFacts({ home, python, isTerminalHostUp }: { home: string; python: string; isTerminalHostUp: boolean }): Promise<MachineFacts> {
  const [pythonVersion, pythonVenv, git, compiler, nvidiaSmi, docker, isDataFolderWritable] = await Promise.all([
    readCommandVersion(python),
    readCommandVersion(python, ['-c', 'import ensurepip, venv; print("ready")']),
    readCommandVersion('git'),
    readCommandVersion('c++'),
    readCommandVersion('nvidia-smi', ['--query-gpu=name,driver_version', '--format=csv,noheader']),
    readCommandVersion('docker'),
    isWritable(home),
  ]);
  const dataFolderFreeBytes = await readFreeBytes(home);
  return { platform: process.platform, nodeVersion: process.version, python: pythonVersion, pythonVenv, git, compiler, nvidiaSmi, docker, dataFolderFreeBytes, isDataFolderWritable, isTerminalHostUp };
}
