import type { BlueprintHeader } from '#contract/blueprintHeader.ts';
import type { GpuReading } from '#contract/gpus.ts';
import type { PreflightCheck } from '#contract/instances.ts';
import type { LinkFact } from './instanceLinks.ts';

const MIB = 1024 * 1024;

/** What a preflight looked at. Null where it could not be read. */
export interface PreflightFacts {
  readonly header: BlueprintHeader;
  readonly isParsed: boolean;
  readonly platform: string;
  readonly gpus: GpuReading;
  /** The GPUs chosen for the instance; null means all. */
  readonly gpuIds: readonly string[] | null;
  readonly freeDiskBytes: number | null;
  readonly totalRamBytes: number;
  readonly freeRamBytes: number;
  /** The required commands that are not on the PATH. */
  readonly missingCommands: readonly string[];
  /** Required blueprints without a running instance. */
  readonly absentBlueprints: readonly string[];
  readonly folder: { readonly path: string; readonly isWritable: boolean };
  readonly links: readonly LinkFact[];
  readonly missingSecrets: readonly string[];
  readonly isInstalled: boolean;
}

type Gpus = GpuReading['gpus'];

/** Judges what a start needs against what was found; nothing is downloaded or made. Failed checks stand in the way. */
export function judgePreflight(facts: PreflightFacts): PreflightCheck[] {
  const gpus = chooseGpus(facts);
  return [
    ...judgeBlueprint(facts),
    ...judgeGpu(facts, gpus),
    ...judgeVersions(facts, gpus),
    ...judgeSpace(facts, gpus),
    ...facts.header.requires.commands.map((command) => judgeCommand(command, facts)),
    ...facts.absentBlueprints.map((subject) => check('blueprints', 'failed', { subject, hint: `Start an instance of ${subject} first` })),
    ...facts.missingSecrets.map((subject) => check('secret', 'failed', { subject, hint: `Set ${subject} in the environment that Wheelhouse is started from` })),
    check('folder', facts.folder.isWritable ? 'ok' : 'failed', { subject: facts.folder.path, hint: facts.folder.isWritable ? null : 'Give yourself write permission on this folder' }),
    ...facts.links.flatMap(judgeLink),
  ];
}

/** The check that stands in the way, null where a start may go on. */
export function findFailedCheck(checks: readonly PreflightCheck[]): PreflightCheck | null {
  return checks.find(({ level }) => level === 'failed') ?? null;
}

/** Compares dotted versions; negative when `left` is the lower one. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [left, right].map((version) => version.split('.').map((part) => Number.parseInt(part, 10) || 0)) as [number[], number[]];
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether a version satisfies a lowest version, or a range such as `>=7.5,<10`. */
export function satisfiesVersion(version: string, wanted: string): boolean {
  return wanted.split(',').every((part) => {
    const [, operator = '>=', bound = ''] = /^\s*(>=|<=|==|>|<|=)?\s*(\S+)\s*$/.exec(part) ?? [];
    const order = compareVersions(version, bound);
    if (operator === '<') return order < 0;
    if (operator === '<=') return order <= 0;
    if (operator === '>') return order > 0;
    return operator === '>=' ? order >= 0 : order === 0;
  });
}

function judgeBlueprint({ isParsed, header, platform }: PreflightFacts): PreflightCheck[] {
  const fits = header.platforms.some((each) => each === platform);
  return [
    ...(isParsed ? [] : [check('blueprint', 'warning', { hint: 'The header cannot be read; defaults are used' })]),
    check('platform', fits ? 'ok' : 'failed', { subject: platform, hint: fits ? null : `Made for ${header.platforms.join(', ')}` }),
  ];
}

function judgeGpu({ header, gpus, gpuIds }: PreflightFacts, chosen: Gpus): PreflightCheck[] {
  const missing = (gpuIds ?? []).filter((id) => !gpus.gpus.some((gpu) => gpu.id === id));
  const gone = missing.map((subject) => check('gpu', 'failed', { subject, hint: 'This GPU is not there any more; choose another one' }));
  const wanted = header.requires.gpu;
  if (wanted === 'none' || wanted === 'optional') return gone;
  const isThere = chosen.some(({ vendor }) => vendor === wanted);
  return [...gone, check('gpu', isThere ? 'ok' : 'failed', { subject: wanted, hint: isThere ? null : `No ${wanted} GPU was found, or its driver does not answer` })];
}

function judgeVersions({ header }: PreflightFacts, gpus: Gpus): PreflightCheck[] {
  const { driverMin, cudaMin, computeCap } = header.requires;
  const rules = [[driverMin, 'driverVersion', 'Update the GPU driver'], [cudaMin, 'cudaVersion', 'Update the GPU driver'], [computeCap, 'computeCapability', 'This GPU is too old or too new for the app']] as const;
  return rules.flatMap(([wanted, field, hint]) => {
    if (wanted === null) return [];
    const found = gpus.map((gpu) => gpu[field]).filter((version) => version !== null);
    const isGood = found.length > 0 && found.every((version) => satisfiesVersion(version, wanted));
    return [check('driver', isGood ? 'ok' : 'failed', { subject: `${field} ${wanted}`, hint: isGood ? null : `${hint}; found ${found.join(', ') || 'none'}` })];
  });
}

function judgeSpace(facts: PreflightFacts, gpus: Gpus): PreflightCheck[] {
  const { diskMib, ramMib, vramMib } = facts.header.requires;
  const freeVramBytes = gpus.length === 0 ? null : Math.max(...gpus.map((gpu) => gpu.totalBytes - gpu.usedBytes));
  const totalVramBytes = gpus.length === 0 ? null : Math.max(...gpus.map((gpu) => gpu.totalBytes));
  return [
    ...judgeAmount('vram', { neededMib: vramMib, freeBytes: freeVramBytes, totalBytes: totalVramBytes, hint: 'Stop something that uses this GPU' }),
    // An installed app has its gigabytes already.
    ...judgeAmount('disk', { neededMib: facts.isInstalled ? null : diskMib, freeBytes: facts.freeDiskBytes, totalBytes: facts.freeDiskBytes, hint: 'Free some space on the disk of the data folder' }),
    ...judgeAmount('ram', { neededMib: ramMib, freeBytes: facts.freeRamBytes, totalBytes: facts.totalRamBytes, hint: 'Close something that uses memory' }),
  ];
}

/** More than there is at all stands in the way; more than is free now is a warning, since it may be freed meanwhile. */
function judgeAmount(id: 'vram' | 'disk' | 'ram', { neededMib, freeBytes, totalBytes, hint }: { neededMib: number | null; freeBytes: number | null; totalBytes: number | null; hint: string }): PreflightCheck[] {
  if (neededMib === null || neededMib === 0) return [];
  const needed = neededMib * MIB;
  if (freeBytes === null || totalBytes === null) return [check(id, 'warning', { needed, hint: 'This could not be measured' })];
  const level = needed <= freeBytes ? 'ok' : needed <= totalBytes ? 'warning' : 'failed';
  return [check(id, level, { needed, available: freeBytes, hint: level === 'ok' ? null : hint })];
}

function judgeCommand(command: string, { missingCommands, platform }: PreflightFacts): PreflightCheck {
  const isMissing = missingCommands.includes(command);
  const install = platform === 'darwin' ? `brew install ${PACKAGES[command] ?? command}` : `Debian: apt-get install ${PACKAGES[command] ?? command}`;
  return check('command', isMissing ? 'failed' : 'ok', { subject: command, hint: isMissing ? install : null });
}

/** Where the package has another name than its command. */
const PACKAGES: Readonly<Record<string, string>> = { nvcc: 'nvidia-cuda-toolkit', ninja: 'ninja-build', 'c++': 'build-essential', 'g++': 'build-essential', gcc: 'build-essential', make: 'build-essential', rg: 'ripgrep', docker: 'docker.io' };

/** A link that is as wanted, or will be, needs no word. */
function judgeLink({ path, decision, hint }: LinkFact): PreflightCheck[] {
  return hint === null ? [] : [check('folder', decision.kind === 'refuse' ? 'failed' : 'warning', { subject: path, hint })];
}

function chooseGpus({ gpus, gpuIds }: PreflightFacts): Gpus {
  return gpuIds === null ? gpus.gpus : gpus.gpus.filter(({ id }) => gpuIds.includes(id));
}

function check(id: PreflightCheck['id'], level: PreflightCheck['level'], rest: Partial<PreflightCheck> = {}): PreflightCheck {
  return { id, level, subject: null, needed: null, available: null, hint: null, ...rest };
}
