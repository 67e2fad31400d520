import type { GgufHeader } from './gguf/ggufHeader.ts';

export type HubFormat = 'gguf' | 'safetensors' | 'onnx';

/** What to look for. `cursor` comes from the answer before, asked with the same words. */
export interface HubQuery {
  text: string;
  task?: string | undefined;
  format?: HubFormat | undefined;
  author?: string | undefined;
  licence?: string | undefined;
  minParameters?: number | undefined;
  maxParameters?: number | undefined;
  sort: 'trending' | 'downloads' | 'likes' | 'updated' | 'created';
  limit: number;
  cursor?: string | undefined;
}

/** What the hub says of a model in a list. `parameterCount` is null where the hub has not read the weights. */
export interface HubEntry {
  repo: string;
  author: string | null;
  task: string | null;
  licence: string | null;
  tags: string[];
  downloads: number;
  likes: number;
  updatedAtMs: number | null;
  gated: 'no' | 'automatic' | 'manual';
  isPrivate: boolean;
  parameterCount: number | null;
}

/** One model at one commit. `baseModels` are as its card names them. */
export interface HubRepo extends HubEntry { commit: string; baseModels: string[] }

/** One file of a commit. `sha256` and `xetHash` are null for files that git itself keeps. */
export interface HubFile { path: string; sizeBytes: number; sha256: string | null; gitOid: string; xetHash: string | null }

/**
 * Where a file's bytes are. `url` may be a signed address of another host that ends within the hour: ask again then.
 * `etag` is without quotes: the sha256 for LFS files, the git object's id for others.
 */
export interface ResolvedFile { url: string; etag: string; commit: string; sizeBytes: number; sha256: string | null }

export interface HubCall { signal?: AbortSignal | undefined }

/**
 * A hub of models.
 *
 * Errors: every call may throw hub.unreachable, hub.not_found, hub.gated, hub.rate_limited, hub.protocol.
 * Timing: tries again by itself after 429, 5xx and broken connections as long as a person would wait; after that it
 * throws. An abort rejects with the signal's reason.
 */
export interface Hub {
  readonly endpoint: string;
  search(query: HubQuery, call?: HubCall): Promise<{ models: HubEntry[]; nextCursor: string | null }>;
  readModel(repo: string, revision: string, call?: HubCall): Promise<HubRepo>;
  /** The model card's Markdown without its front matter; empty where there is none. */
  readCard(repo: string, revision: string, call?: HubCall): Promise<string>;
  /** All files of all folders; a name that leaves the folder is hub.protocol. */
  listFiles(repo: string, revision: string, call?: HubCall): Promise<HubFile[]>;
  resolve(file: { repo: string; revision: string; path: string }, call?: HubCall): Promise<ResolvedFile>;
  /** Reads metadata and tensor list of a remote GGUF over one connection, without its weights. @throws model.unreadable too */
  readGgufHeader(file: { repo: string; commit: string; path: string }, call?: HubCall): Promise<GgufHeader>;
  /** The headers with which to fetch from `url`: the token for the hub's own origin, nothing for any other. */
  headersFor(url: string): Record<string, string>;
}
