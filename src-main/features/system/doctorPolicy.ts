import type { DoctorCheck } from '#contract/system.ts';

/** What was found on the machine; null where a program is missing, else the first line of its version. */
export interface MachineFacts {
  readonly platform: NodeJS.Platform;
  readonly nodeVersion: string;
  readonly python: string | null;
  readonly pythonVenv: string | null;
  readonly git: string | null;
  readonly compiler: string | null;
  readonly nvidiaSmi: string | null;
  readonly docker: string | null;
  readonly dataFolderFreeBytes: number | null;
  readonly isDataFolderWritable: boolean;
  readonly isTerminalHostUp: boolean;
}

const GIB = 1024 ** 3;
const LOW_DISK_BYTES = 10 * GIB;

interface Need { id: string; found: string | null; level: DoctorCheck['level']; neededFor: string; packages: string | null }

/** Judges what was found and says how to get what is missing. Decides only. */
export function judgeMachine(facts: MachineFacts): DoctorCheck[] {
  const python = isPythonNewEnough(facts.python);
  const needs: Need[] = [
    { id: 'node', found: facts.nodeVersion, level: 'missing', neededFor: 'the backend', packages: null },
    { id: 'python', found: python ? facts.python : null, level: 'missing', neededFor: 'blueprints that install into a Python environment (3.10 or newer)', packages: 'python3' },
    { id: 'python-venv', found: facts.pythonVenv, level: 'missing', neededFor: 'an environment of its own for each instance', packages: 'python3-venv' },
    { id: 'git', found: facts.git, level: 'warning', neededFor: 'blueprints that fetch an app from its repository', packages: 'git' },
    { id: 'compiler', found: facts.compiler, level: 'warning', neededFor: 'building the terminal library and wheels', packages: 'build-essential' },
    { id: 'docker', found: facts.docker, level: 'warning', neededFor: 'containers', packages: 'docker.io' },
    { id: 'nvidia-driver', found: facts.nvidiaSmi, level: 'warning', neededFor: 'NVIDIA GPUs', packages: null },
  ];
  return [...needs.map((need) => toCheck(need, facts.platform)), ...judgePlaces(facts)];
}

function toCheck({ id, found, level, neededFor, packages }: Need, platform: NodeJS.Platform): DoctorCheck {
  if (found !== null) return { id, level: 'ok', found, neededFor, hint: null };
  return { id, level, found: null, neededFor, hint: packages === null ? (id === 'nvidia-driver' ? 'Install the driver of your GPU if this machine has one' : null) : howToInstall(packages, platform) };
}

function howToInstall(packages: string, platform: NodeJS.Platform): string {
  if (platform === 'linux') return `Debian and Ubuntu: sudo apt-get install ${packages}`;
  return platform === 'darwin' ? `brew install ${packages.replace('3-venv', '')}` : `Install ${packages} and make sure that it is on the PATH`;
}

function judgePlaces({ dataFolderFreeBytes, isDataFolderWritable, isTerminalHostUp }: MachineFacts): DoctorCheck[] {
  return [
    { id: 'data-folder', level: isDataFolderWritable ? 'ok' : 'missing', found: isDataFolderWritable ? 'can be written' : null, neededFor: 'everything that Wheelhouse keeps', hint: isDataFolderWritable ? null : 'Give yourself write permission on the data folder, or set WHEELHOUSE_HOME' },
    judgeDisk(dataFolderFreeBytes),
    { id: 'terminal-host', level: isTerminalHostUp ? 'ok' : 'missing', found: isTerminalHostUp ? 'running' : null, neededFor: 'running anything', hint: isTerminalHostUp ? null : 'Its log is logs/pty-host.log in the data folder; "npm run setup" repairs the terminal library' },
  ];
}

function judgeDisk(freeBytes: number | null): DoctorCheck {
  const isLow = freeBytes !== null && freeBytes < LOW_DISK_BYTES;
  const found = freeBytes === null ? null : `${(freeBytes / GIB).toFixed(1)} GiB free`;
  return { id: 'disk', level: isLow ? 'warning' : 'ok', found, neededFor: 'environments and models', hint: isLow ? 'Free some space, or move the data folder with WHEELHOUSE_HOME' : null };
}

function isPythonNewEnough(version: string | null): boolean {
  const [major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(version ?? '') ?? []).slice(1).map(Number);
  return major > 3 || (major === 3 && minor >= 10);
}
