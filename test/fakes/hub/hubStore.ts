import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { hashOf, toBytes } from './fakeContent.ts';
import type { FakeFile, FakeRepo } from './fakeRepo.ts';
import type { Bytes } from './seededBytes.ts';

/** One file of one commit, with what the hub says about it. */
export interface Entry {
  path: string;
  sizeBytes: number;
  /** The git object's id: of the pointer, where the file is kept in LFS. */
  gitOid: string;
  lfs: { sha256: string; pointerText: string } | null;
  xetHash: string | null;
  bytes: Bytes;
}

export interface Commit { sha: string; entries: Map<string, Entry> }
export interface StoredRepo { about: FakeRepo; refs: Map<string, string>; commits: Map<string, Commit> }

const LFS_NAMES = /\.(7z|arrow|bin|ckpt|gguf|gz|h5|joblib|msgpack|npy|npz|onnx|parquet|pickle|pkl|pt|pth|safetensors|zip)$/i;
const LFS_FROM_BYTES = 10_000_000;

/** The repositories, each with the history of its commits. */
export class HubStore {
  readonly repos = new Map<string, StoredRepo>();
  /** What the CDN holds, by its key. */
  readonly objects = new Map<string, Bytes>();

  /** Adds a repository, or a commit on top of it: earlier commits stay readable by their sha. */
  async put(about: FakeRepo): Promise<string> {
    const entries = new Map<string, Entry>();
    for (const file of about.files) entries.set(file.path, await this.#toEntry(file));
    const sha = sha1(JSON.stringify([about.id, [...entries].map(([path, { gitOid }]) => [path, gitOid])]));
    const stored = this.repos.get(about.id) ?? { about, refs: new Map(), commits: new Map() };
    stored.about = about;
    stored.commits.set(sha, { sha, entries });
    stored.refs.set('main', sha);
    this.repos.set(about.id, stored);
    return sha;
  }

  find(id: string): StoredRepo | undefined {
    return this.repos.get(id) ?? [...this.repos.values()].find((repo) => repo.about.id.toLowerCase() === id.toLowerCase());
  }

  async #toEntry(file: FakeFile): Promise<Entry> {
    const bytes = toBytes(file);
    const { sizeBytes } = bytes;
    const xetHash = file.xetHash ?? null;
    const isLfs = file.isLfs ?? (xetHash !== null || LFS_NAMES.test(file.path) || sizeBytes > LFS_FROM_BYTES);
    if (!isLfs) return { path: file.path, sizeBytes, gitOid: await hashOf(bytes, 'sha1', `blob ${sizeBytes}\0`), lfs: null, xetHash, bytes };
    const sha256 = file.announcedSha256 ?? await hashOf(bytes, 'sha256');
    const pointerText = `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${sizeBytes}\n`;
    this.objects.set(sha256, bytes);
    return { path: file.path, sizeBytes, gitOid: sha1(`blob ${pointerText.length}\0${pointerText}`), lfs: { sha256, pointerText }, xetHash, bytes };
  }
}

/** The commit that a branch, `HEAD` or a sha means. */
export function commitOf(repo: StoredRepo, revision: string): Commit | undefined {
  return repo.commits.get(repo.refs.get(revision === 'HEAD' ? 'main' : revision) ?? revision);
}

/** Each `owner/name` below the folder as a repository with its files. */
export function readRepoFolder(folder: string): FakeRepo[] {
  return foldersOf(folder).flatMap((owner) => foldersOf(join(folder, owner)).map((name) => {
    const root = join(folder, owner, name);
    const paths = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return { id: `${owner}/${name}`, files: paths.map((path) => ({ path: path.slice(root.length + 1), localPath: path })) };
  }));
}

function foldersOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

export function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
