import { sha1, type Commit, type Entry, type StoredRepo } from './hubStore.ts';

const usual = {
  lastModified: '2026-01-02T03:04:05.000Z', createdAt: '2025-01-02T03:04:05.000Z', isPrivate: false, gated: false, downloads: 0, likes: 0, trendingScore: 0, tags: [],
};

/** Everything the hub can say of a model, by the names of `expand`. */
function allFields(repo: StoredRepo, commit: Commit, withBlobs: boolean): Record<string, unknown> {
  const about = { ...usual, ...repo.about };
  const entries = [...commit.entries.values()];
  return {
    author: about.id.includes('/') ? about.id.split('/')[0] : undefined,
    sha: commit.sha,
    lastModified: about.lastModified,
    createdAt: about.createdAt,
    private: about.isPrivate,
    gated: about.gated,
    disabled: false,
    downloads: about.downloads,
    downloadsAllTime: about.downloads,
    likes: about.likes,
    trendingScore: about.trendingScore,
    tags: about.tags,
    pipeline_tag: about.pipelineTag,
    library_name: about.libraryName,
    cardData: about.cardData,
    gguf: about.gguf,
    safetensors: about.safetensors,
    config: {},
    spaces: [],
    usedStorage: entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    siblings: entries.map((entry) => (withBlobs ? { rfilename: entry.path, ...blobOf(entry) } : { rfilename: entry.path })),
  };
}

function blobOf({ sizeBytes, gitOid, lfs }: Entry): Record<string, unknown> {
  return { size: sizeBytes, blobId: gitOid, ...(lfs === null ? {} : { lfs: { sha256: lfs.sha256, size: sizeBytes, pointerSize: lfs.pointerText.length } }) };
}

const LIST_FIELDS = ['likes', 'trendingScore', 'private', 'downloads', 'tags', 'pipeline_tag', 'library_name', 'createdAt'];
const FULL_FIELDS = [...LIST_FIELDS, 'author', 'gated', 'lastModified', 'sha', 'siblings'];
const PAGE_FIELDS = [...FULL_FIELDS, 'disabled', 'cardData', 'gguf', 'safetensors', 'config', 'spaces', 'usedStorage'];

/** One model of a list or its own page: the fields asked for by `expand`, else the usual ones of the route. */
export function modelAnswer(repo: StoredRepo, commit: Commit, query: URLSearchParams, route: 'list' | 'page'): Record<string, unknown> {
  const asked = [...query.getAll('expand'), ...query.getAll('expand[]')].flatMap((value) => value.split(','));
  const usualNames = route === 'page' ? PAGE_FIELDS : query.get('full') === null ? LIST_FIELDS : FULL_FIELDS;
  const extra = query.get('cardData') === null ? [] : ['cardData'];
  const wanted = new Set(asked.length > 0 ? asked : [...usualNames, ...extra]);
  const isTrue = (value: string | null): boolean => value !== null && value.toLowerCase() !== 'false';
  const fields = Object.entries(allFields(repo, commit, isTrue(query.get('blobs')))).filter(([name, value]) => wanted.has(name) && value !== undefined);
  const id = repo.about.id;
  return { _id: sha1(id).slice(0, 24), id, ...(asked.length > 0 ? {} : { modelId: id }), ...Object.fromEntries(fields) };
}
