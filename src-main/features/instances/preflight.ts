import { access, constants } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Blueprint } from '#contract/blueprints.ts';
import type { GpuReading } from '#contract/gpus.ts';
import type { PreflightCheck } from '#contract/instances.ts';
import { isWritable, readFreeBytes } from '../../platform/files/folderFacts.ts';
import { readLinks } from './instanceLinks.ts';
import type { WantedLink } from './linkPolicy.ts';
import { judgePreflight } from './preflightPolicy.ts';

interface PreflightDeps {
  readGpus: () => Promise<GpuReading>;
  environment: Readonly<Record<string, string | undefined>>;
  platform: string;
  /** Whether an instance of the blueprint runs. */
  isBlueprintRunning: (reference: string) => boolean;
}

interface PreflightSubject {
  readonly blueprint: Blueprint;
  readonly gpuIds: readonly string[] | null;
  readonly folder: string;
  readonly links: readonly WantedLink[];
  readonly isInstalled: boolean;
}

/** Looks at what a start needs, without downloading or making anything. */
export async function readPreflight({ blueprint, gpuIds, folder, links, isInstalled }: PreflightSubject, deps: PreflightDeps): Promise<PreflightCheck[]> {
  const { header } = blueprint;
  const needsGpus = gpuIds !== null || !['none', 'optional'].includes(header.requires.gpu) || header.requires.vramMib !== null;
  const [gpus, freeDiskBytes, isFolderWritable, missingCommands, foundLinks] = await Promise.all([
    needsGpus ? deps.readGpus() : { state: 'absent' as const, takenAtMs: 0, gpus: [] },
    readFreeBytes(folder).catch(() => null),
    isWritable(folder),
    findMissingCommands(header.requires.commands, deps.environment['PATH'] ?? ''),
    readLinks(folder, links),
  ]);
  return judgePreflight({
    header, isParsed: blueprint.group !== 'unparsed', platform: deps.platform, gpus, gpuIds, freeDiskBytes, totalRamBytes: totalmem(), freeRamBytes: freemem(),
    missingCommands, absentBlueprints: header.requires.blueprints.filter((reference) => !deps.isBlueprintRunning(reference)),
    folder: { path: folder, isWritable: isFolderWritable }, links: foundLinks, missingSecrets: header.secrets.filter((name) => (deps.environment[name] ?? '') === ''), isInstalled,
  });
}

/** The commands that no folder of a PATH holds. */
export async function findMissingCommands(commands: readonly string[], path: string): Promise<string[]> {
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  const isThere = async (command: string): Promise<boolean> => (await Promise.all(folders.map((folder) => isExecutable(join(folder, command))))).some(Boolean);
  const found = await Promise.all(commands.map(isThere));
  return commands.filter((_, index) => found[index] !== true);
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}
