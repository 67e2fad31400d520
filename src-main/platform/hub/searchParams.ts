import type { HubQuery } from './hub.ts';

const sorts = { trending: 'trendingScore', downloads: 'downloads', likes: 'likes', updated: 'lastModified', created: 'createdAt' } as const;
const FIELDS = ['author', 'pipeline_tag', 'private', 'gated', 'downloads', 'likes', 'lastModified', 'tags', 'safetensors', 'gguf'];

/**
 * A query as `GET /api/models` takes it.
 * Source: PyPI huggingface_hub 2.4.0, `HfApi.list_models`: all of `filter` must hold, sorting is downwards,
 * `num_parameters` is `min:6B,max:128B`.
 */
export function toSearchParams(query: HubQuery): URLSearchParams {
  const filters = [query.format, query.licence === undefined ? undefined : `license:${query.licence}`].filter((filter) => filter !== undefined);
  const bounds = [bound('min', query.minParameters), bound('max', query.maxParameters)].filter((text) => text !== null);
  const params = new URLSearchParams([['limit', String(query.limit)], ['sort', sorts[query.sort]]]);
  if (query.text.trim() !== '') params.set('search', query.text.trim());
  for (const filter of filters) params.append('filter', filter);
  if (query.author) params.set('author', query.author);
  if (query.task) params.set('pipeline_tag', query.task);
  if (bounds.length > 0) params.set('num_parameters', bounds.join(','));
  for (const field of FIELDS) params.append('expand', field);
  if (query.cursor !== undefined) params.set('cursor', query.cursor);
  return params;
}

function bound(kind: 'min' | 'max', parameters: number | undefined): string | null {
  return parameters === undefined ? null : `${kind}:${Math.round(parameters / 1e6)}M`;
}
