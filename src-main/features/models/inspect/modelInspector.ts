import { basename, relative, sep } from 'node:path';
import type { ModelFile, PickleFinding } from '#contract/models.ts';
import { HeaderError } from '../../../platform/modelFiles/headerError.ts';
import type { ModelFileReader } from '../../../platform/modelFiles/modelFileReader.ts';
import { EMPTY_HEADER, type ModelHeader } from '../../../platform/modelFiles/modelHeader.ts';
import type { FoundVersion } from '../registry/modelRegistry.ts';
import { decideCapabilities } from './capabilityPolicy.ts';
import { toContentSha256 } from './contentHash.ts';
import { hasAllParts, type FileGroup } from './fileGroups.ts';
import { readNameOfFile, readQuantisation } from './nameFacts.ts';

/** What a group of files is. `problem`: why its header could not be read; the rest is then what sizes and names tell. */
export interface InspectedModel {
  readonly version: Omit<FoundVersion, 'source' | 'storage'>;
  readonly problem: string | null;
}

/** Hashes that are known without reading, by a file's absolute path. */
export type KnownHashes = (path: string) => string | null;

/** Finds out what files are, without loading anything. */
export class ModelInspector {
  readonly #reader: Pick<ModelFileReader, 'readHeader' | 'scanPickle'>;

  constructor(reader: Pick<ModelFileReader, 'readHeader' | 'scanPickle'>) {
    this.#reader = reader;
  }

  /** Does not throw for what is in the files. */
  async inspect(group: FileGroup, { root = group.folder, hashOf = () => null }: { root?: string; hashOf?: KnownHashes } = {}): Promise<InspectedModel> {
    const { header, problem } = await this.#readHeader(group);
    const pickleFindings = group.format === 'pickle' ? await this.#scan(group) : [];
    const files = group.files.map((file): ModelFile => ({ path: toRelative(root, file.path), sizeBytes: file.sizeBytes, sha256: hashOf(file.path), role: header.kind === 'adapter' && file.role === 'weights' ? 'adapter' : file.role }));
    const first = group.files[0]?.path ?? group.folder;
    const hasMmproj = group.files.some(({ role }) => role === 'mmproj');
    const quantisation = chooseQuantisation(readQuantisation(first), header.quantisation);
    const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
    const contentSha256 = toContentSha256(files);
    return {
      problem,
      version: {
        modelName: nameModel(group, header), label: labelOf(group, quantisation, contentSha256), format: group.format, kind: header.kind,
        family: header.architecture ?? readNameOfFile(first).toLowerCase().split(/[-_. ]/)[0] ?? 'other',
        files, sizeBytes, contentSha256, folder: root,
        modifiedAtMs: Math.max(...group.files.map(({ modifiedAtMs }) => modifiedAtMs)),
        parents: header.parents.map(({ relation, name }) => ({ relation, name, versionId: null })),
        facts: {
          architecture: header.architecture, parameterCount: header.parameterCount, quantisation, bitsPerWeight: countBits(group, header),
          contextTokens: header.contextTokens, embeddingLength: header.embeddingLength, layerCount: header.layerCount,
          hasChatTemplate: header.chatTemplate !== null, licence: header.licence, capabilities: decideCapabilities(header, { hasMmproj }), pickleFindings,
        },
        health: problem === null ? 'ok' : 'unreadable',
      },
    };
  }

  async #readHeader(group: FileGroup): Promise<{ header: ModelHeader; problem: string | null }> {
    const weights = group.files.filter(({ role }) => role === 'weights' || role === 'adapter');
    const paths = (weights.length > 0 ? weights : group.files.slice(0, 1)).map(({ path }) => path);
    try {
      const header = await this.#reader.readHeader(group.format, paths);
      return { header, problem: hasAllParts(group) ? null : 'not all parts are there' };
    } catch (error) {
      if (error instanceof HeaderError) return { header: { ...EMPTY_HEADER, format: group.format }, problem: `${error.problem}: ${error.message}` };
      throw error;
    }
  }

  async #scan(group: FileGroup): Promise<PickleFinding[]> {
    const findings: PickleFinding[] = [];
    for (const { path, role } of group.files) {
      if (role !== 'weights' && role !== 'adapter') continue;
      for (const finding of await this.#scanOne(path)) findings.push({ file: toRelative(group.folder, path), ...finding });
    }
    return findings;
  }

  async #scanOne(path: string): Promise<readonly Omit<PickleFinding, 'file'>[]> {
    try {
      return await this.#reader.scanPickle(path);
    } catch (error) {
      if (error instanceof HeaderError) return [{ level: 'unscannable', name: error.message }];
      throw error;
    }
  }
}

/** Whether a pickle is not taken in without being asked for twice. */
export function isDangerous(findings: readonly PickleFinding[]): boolean {
  return findings.some(({ level }) => level === 'dangerous');
}

/** The header's word; a file's name only adds to it, such as `UD-Q4_K_XL` to `Q4_K_M`. */
function chooseQuantisation(named: string | null, read: string | null): string | null {
  if (named === null || read === null) return read ?? named;
  const widthOf = (text: string): string => /(?:Q|F|MXFP|NVFP)\d+/.exec(text)?.[0] ?? text;
  return widthOf(named) === widthOf(read) ? named : read;
}

/** A GGUF's own name; a folder's for what fills a folder. */
function nameModel(group: FileGroup, header: ModelHeader): string {
  const first = group.files[0]?.path ?? group.folder;
  if (group.format === 'gguf') return header.name ?? readNameOfFile(first);
  return group.files.length > 1 ? basename(group.folder) : readNameOfFile(first);
}

function labelOf(group: FileGroup, quantisation: string | null, contentSha256: string | null): string {
  const isNamed = quantisation !== null && (group.format === 'gguf' || group.format === 'safetensors');
  return isNamed ? quantisation : contentSha256?.slice(0, 8) ?? group.format;
}

function countBits(group: FileGroup, { parameterCount, headerBytes }: ModelHeader): number | null {
  const bytes = group.files.reduce((sum, { role, sizeBytes }) => sum + (role === 'weights' || role === 'adapter' ? sizeBytes : 0), 0) - headerBytes;
  return parameterCount === null || parameterCount === 0 || bytes <= 0 ? null : Math.round((bytes * 800) / parameterCount) / 100;
}

function toRelative(root: string, path: string): string {
  return relative(root, path).split(sep).join('/');
}
