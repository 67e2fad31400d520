import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, readlink, realpath, rename, rm, rmdir, symlink } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { BlueprintHeader } from '#contract/blueprintHeader.ts';
import { isInside, resolveInside } from '../../platform/files/insidePath.ts';
import { ensureFolder, getInstancePaths, toFolderError } from './instanceFolder.ts';
import type { KeptInstance } from './instanceRepository.ts';
import { decideLink, describeLink, planLinks, type FoundPlace, type LinkDecision, type WantedLink } from './linkPolicy.ts';
import type { SupervisorDeps } from './supervisorDeps.ts';

/** A link that was asked for and could not be made; the message says what helps. */
export class LinkRefused extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.name = 'LinkRefused';
    this.path = path;
  }
}

/** A link as it was found, for a preflight. */
export interface LinkFact {
  readonly path: string;
  readonly decision: LinkDecision;
  readonly hint: string | null;
}

/** The links that an instance's blueprint asks for. */
export function listInstanceLinks({ records: { runs }, places }: Pick<SupervisorDeps, 'records' | 'places'>, kept: Pick<KeptInstance, 'id' | 'folderName' | 'settings'>, header: BlueprintHeader): WantedLink[] {
  const { folder, output } = getInstancePaths(places.instances, kept);
  const lastRun = runs.findLast(kept.id);
  const former = lastRun === null ? null : runs.settingsOf(lastRun.id)['outputPath'];
  return planLinks(header, { folder, output, shared: places.shared, formerOutput: typeof former === 'string' ? former : null });
}

/** Looks at what stands where links are wanted; nothing is made. @throws what the system says */
export function readLinks(folder: string, wanted: readonly WantedLink[]): Promise<LinkFact[]> {
  return Promise.all(wanted.map(async (link) => {
    const decision = decideLink(link, await readPlace(folder, link));
    return { path: join(folder, link.path), decision, hint: describeLink(link, decision) };
  }));
}

/** Makes the links of an instance and the folders that they lead to; nothing that holds a file is replaced. @throws LinkRefused, folder.not_writable */
export async function ensureLinks(folder: string, wanted: readonly WantedLink[]): Promise<void> {
  for (const link of wanted) {
    try {
      await ensureLink(folder, link);
    } catch (error) {
      throw toFolderError(error, join(folder, link.path));
    }
  }
}

async function ensureLink(folder: string, link: WantedLink): Promise<void> {
  const path = join(folder, link.path);
  const decision = decideLink(link, await readPlace(folder, link));
  if (decision.kind === 'refuse') throw new LinkRefused(path, describeLink(link, decision) ?? decision.reason);
  if (decision.kind === 'leave') return;
  await ensureFolder(link.target);
  if (decision.kind === 'keep') return;
  await mkdir(dirname(path), { recursive: true });
  // Fails where a file came in meanwhile.
  if (decision.kind === 'replaceFolder') await rmdir(path);
  if (decision.kind === 'repoint') await replaceLink(path, await toLinkText(folder, link));
  else await symlink(await toLinkText(folder, link), path, 'junction');
}

/** There is no moment without a link. */
async function replaceLink(path: string, text: string): Promise<void> {
  const next = `${path}.${randomUUID()}.link`;
  await symlink(text, next, 'junction');
  try {
    await rename(next, path);
  } catch (error) {
    await rm(next, { force: true });
    throw error;
  }
}

/** Within the instance's own folder a link is relative, so that it survives a rename. */
async function toLinkText(folder: string, { path, target }: WantedLink): Promise<string> {
  return isInside(folder, target) ? relative(await realpath(dirname(join(folder, path))), await realpath(target)) : target;
}

async function readPlace(folder: string, { path, target }: WantedLink): Promise<FoundPlace> {
  if ('refusal' in await resolveInside(folder, dirname(path))) return { kind: 'outside' };
  const place = join(folder, path);
  const facts = await lstat(place).catch(missingToNull);
  if (facts === null) return { kind: 'absent' };
  if (facts.isDirectory()) return { kind: 'folder', isEmpty: (await readdir(place)).length === 0 };
  return facts.isSymbolicLink() ? readLink(place, target) : { kind: 'file' };
}

async function readLink(place: string, target: string): Promise<FoundPlace> {
  const found = resolve(await realpath(dirname(place)), await readlink(place));
  const [foundReal, targetReal] = await Promise.all([realpath(place).catch(missingToNull), realpath(target).catch(missingToNull)]);
  return { kind: 'link', target: found, isWanted: found === resolve(target) || (foundReal !== null && foundReal === targetReal) };
}

function missingToNull(error: unknown): null {
  if (error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(String(error.code))) return null;
  throw error;
}
