import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const hashOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

/** Puts files into a cache of the Hugging Face layout: blobs by their hash, and links to them in a snapshot. */
export function putIntoHuggingFace(cache: string, { repo, commit, files }: { repo: string; commit: string; files: Readonly<Record<string, string>> }): string {
  const folder = join(cache, `models--${repo.replace('/', '--')}`);
  const snapshot = join(folder, 'snapshots', commit);
  mkdirSync(join(folder, 'blobs'), { recursive: true });
  mkdirSync(join(folder, 'refs'), { recursive: true });
  writeFileSync(join(folder, 'refs', 'main'), commit);
  for (const [name, from] of Object.entries(files)) {
    const blob = join(folder, 'blobs', hashOf(from));
    copyFileSync(from, blob);
    const link = join(snapshot, name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(relative(dirname(link), blob), link);
  }
  return snapshot;
}

/** Puts a model into LM Studio's folder of a home. */
export function putIntoLmStudio(home: string, { publisher, model, from, name }: { publisher: string; model: string; from: string; name: string }): string {
  const folder = join(home, '.lmstudio', 'models', publisher, model);
  mkdirSync(folder, { recursive: true });
  copyFileSync(from, join(folder, name));
  return join(folder, name);
}

/** Puts a model into Ollama's folder: a manifest that names layers, and the layers by their hash. */
export function putIntoOllama(folder: string, { name, tag, from }: { name: string; tag: string; from: string }): string {
  const sha256 = hashOf(from);
  const blob = join(folder, 'blobs', `sha256-${sha256}`);
  const manifest = join(folder, 'manifests', 'registry.ollama.ai', 'library', name, tag);
  mkdirSync(dirname(blob), { recursive: true });
  mkdirSync(dirname(manifest), { recursive: true });
  copyFileSync(from, blob);
  writeFileSync(manifest, JSON.stringify({ schemaVersion: 2, layers: [{ mediaType: 'application/vnd.ollama.image.model', digest: `sha256:${sha256}`, size: 1 }, { mediaType: 'application/vnd.ollama.image.template', digest: `sha256:${'0'.repeat(64)}`, size: 1 }] }));
  return blob;
}
