import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Blueprint } from '#contract/blueprints.ts';
import { AppError } from '#contract/errors.ts';
import { writeFileAtomic } from '../../platform/files/atomicWrite.ts';
import { readHeadOfFile } from '../../platform/files/folderFacts.ts';
import { parseBlueprint, stemOf } from './blueprintParser.ts';
import type { ParsedBlueprint } from './blueprintParser.ts';

type Origin = Blueprint['origin'];
interface CachedBlueprint { readonly stamp: string; readonly blueprint: Blueprint }

const FOLDER_MODE = 0o755;
/** A script is text that someone wrote; what is larger is listed with what its head says, but not handed out as text. */
const MAX_SCRIPT_BYTES = 8 * 1024 * 1024;
const STEM = /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,79}$/;

/** The stock scripts, which come with the app, and the custom ones, which are the user's. Files are the only truth. */
export class BlueprintLibrary {
  readonly #folders: Readonly<Record<Origin, string>>;
  readonly #cache = new Map<string, CachedBlueprint>();

  constructor({ stockFolder, customFolder }: { stockFolder: string; customFolder: string }) {
    this.#folders = { stock: stockFolder, custom: customFolder };
  }

  /** All blueprints that can be read, custom ones first within a name. Files are read again only when their time or size changed. */
  async list(): Promise<Blueprint[]> {
    const [custom, stock] = await Promise.all([this.#listFolder('custom'), this.#listFolder('stock')]);
    return [...custom, ...stock].sort((left, right) => left.header.name.localeCompare(right.header.name, 'en') || left.id.localeCompare(right.id, 'en'));
  }

  /** By id (`stock:jupyterlab`), or by stem alone, where a custom one wins. @throws blueprint.not_found */
  async read(reference: string): Promise<Blueprint & { text: string }> {
    for (const [origin, stem] of toCandidates(reference)) {
      const found = STEM.test(stem) ? await this.#readFile(origin, `${stem}.sh`).catch(unreadableToNull) : null;
      if (found === null) continue;
      return { ...found, text: decode(await readFile(found.path)) };
    }
    throw new AppError('blueprint.not_found', 'No such blueprint', { blueprintId: reference });
  }

  /** What a text would be as a blueprint; nothing is saved. */
  check(text: string, fileName: string): ParsedBlueprint & { sha256: string } {
    return { ...parseBlueprint(text, { fileName }), sha256: hashOf(text) };
  }

  /**
   * Saves a text as a custom blueprint, with its line ends as they are.
   *
   * Errors: @throws blueprint.conflict when the file is not what `expectedSha256` says (null: there is none yet);
   * folder.not_writable. A header with errors is no obstacle: it is listed as unparsed.
   */
  async saveAsCustom({ stem, text, expectedSha256 }: { stem: string; text: string; expectedSha256: string | null }): Promise<Blueprint> {
    if (!STEM.test(stem)) throw new AppError('bad_input', 'Not a name for a file', { issues: [`stem: ${stem.slice(0, 100)}`] });
    const before = await this.#readFile('custom', `${stem}.sh`);
    if ((before?.sha256 ?? null) !== expectedSha256) {
      throw new AppError('blueprint.conflict', 'The blueprint is another one by now', { blueprintId: `custom:${stem}`, sha256: before?.sha256 ?? '' });
    }
    await this.#write(join(this.#folders.custom, `${stem}.sh`), text);
    const saved = await this.#readFile('custom', `${stem}.sh`);
    if (saved === null) throw new AppError('blueprint.not_found', 'The saved blueprint is gone', { blueprintId: `custom:${stem}` });
    return saved;
  }

  /** @throws blueprint.not_found, and blueprint.read_only for a stock one. */
  async deleteCustom(reference: string): Promise<void> {
    const found = await this.read(reference);
    if (found.origin === 'stock') throw new AppError('blueprint.read_only', 'A stock blueprint stays', { blueprintId: found.id });
    await rm(found.path);
    this.#cache.delete(found.path);
  }

  async #listFolder(origin: Origin): Promise<Blueprint[]> {
    const names = (await readNames(this.#folders[origin]).catch(unreadableToNull) ?? []).filter((name) => name.endsWith('.sh') && STEM.test(stemOf(name)));
    const read = await Promise.all(names.map((name) => this.#readFile(origin, name).catch(unreadableToNull)));
    return read.filter((found) => found !== null);
  }

  async #readFile(origin: Origin, name: string): Promise<Blueprint | null> {
    const path = join(this.#folders[origin], name);
    const facts = await stat(path).catch(missingToNull);
    if (facts?.isFile() !== true) return null;
    const stamp = `${facts.mtimeMs} ${facts.size} ${facts.ino}`;
    const cached = this.#cache.get(path);
    if (cached?.stamp === stamp) return cached.blueprint;
    const { bytes } = await readHeadOfFile(path, { maxBytes: MAX_SCRIPT_BYTES });
    const blueprint = toBlueprint({ origin, name, path, bytes });
    this.#cache.set(path, { stamp, blueprint });
    return blueprint;
  }

  async #write(path: string, text: string): Promise<void> {
    try {
      await mkdir(this.#folders.custom, { recursive: true, mode: FOLDER_MODE });
      await writeFileAtomic(path, text);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : null;
      if (code === null) throw error;
      throw new AppError('folder.not_writable', 'The blueprint cannot be saved', { path: this.#folders.custom, reason: code }, { cause: error });
    }
  }
}

function toBlueprint({ origin, name, path, bytes }: { origin: Origin; name: string; path: string; bytes: Buffer }): Blueprint {
  const parsed = parseBlueprint(decode(bytes), { fileName: name });
  const isUnparsed = parsed.headerVersion === null || parsed.problems.some(({ level }) => level === 'error');
  const stem = stemOf(name);
  return { id: `${origin}:${stem}`, stem, origin, group: isUnparsed ? 'unparsed' : origin, ...parsed, sha256: hashOf(bytes), path, sizeBytes: bytes.length };
}

/** Keeps a byte order mark, so that the parser can report it and saving does not lose it. */
function decode(bytes: Buffer): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

function hashOf(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function toCandidates(reference: string): [Origin, string][] {
  const [, origin, stem = ''] = /^(stock|custom):(.*)$/s.exec(reference) ?? [];
  if (origin === 'stock' || origin === 'custom') return [[origin, stem]];
  return [['custom', stemOf(reference)], ['stock', stemOf(reference)]];
}

async function readNames(folder: string): Promise<string[]> {
  return await readdir(folder).catch(missingToNull) ?? [];
}

/** A folder that was never made, or a file that has just gone, is nothing to stumble over. */
function missingToNull(error: unknown): null {
  if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null;
  throw error;
}

/** One file that may not be read, or a link that leads in a circle, must not hide all others. */
function unreadableToNull(error: unknown): null {
  if (error instanceof Error && 'code' in error) return null;
  throw error;
}
