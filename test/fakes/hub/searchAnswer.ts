import { sendJson, type Exchange } from './exchange.ts';
import type { FakeToken } from './fakeRepo.ts';
import { commitOf, type HubStore, type StoredRepo } from './hubStore.ts';
import { modelAnswer } from './modelAnswers.ts';
import { refuse } from './refusals.ts';

const MAX_LIMIT = 1000;

const sortValues: Record<string, (repo: StoredRepo) => number | string> = {
  trendingScore: ({ about }) => about.trendingScore ?? 0,
  downloads: ({ about }) => about.downloads ?? 0,
  likes: ({ about }) => about.likes ?? 0,
  likes30d: ({ about }) => about.likes ?? 0,
  lastModified: ({ about }) => about.lastModified ?? '',
  createdAt: ({ about }) => about.createdAt ?? '',
  num_parameters: (repo) => parametersOf(repo),
  id: ({ about }) => about.id,
};

/** `GET /api/models`: search, filters, sort, and pages by cursor. */
export function sendSearch(exchange: Exchange, store: HubStore, token: FakeToken | null): void {
  const query = exchange.url.searchParams;
  const sortBy = sortValues[query.get('sort') ?? 'trendingScore'];
  if (sortBy === undefined) { refuse(exchange, 400, { message: `Invalid option: sort` }); return; }
  const found = [...store.repos.values()].filter((repo) => isVisible(repo, token) && isWanted(repo, query));
  const direction = query.get('direction') === '1' ? 1 : -1;
  found.sort((a, b) => compare(sortBy(a), sortBy(b)) * direction || compare(a.about.id, b.about.id));

  const from = Number(Buffer.from(query.get('cursor') ?? '', 'base64url').toString() || '0');
  const limit = Math.min(MAX_LIMIT, Number(query.get('limit') ?? MAX_LIMIT));
  const page = found.slice(from, from + limit).flatMap((repo) => {
    const commit = commitOf(repo, 'main');
    return commit === undefined ? [] : [modelAnswer(repo, commit, query, 'list')];
  });
  sendJson(exchange, 200, page, from + limit < found.length ? { Link: linkToNext(exchange, String(from + limit)) } : {});
}

export function linkToNext({ url, origin }: Exchange, cursor: string): string {
  const next = new URL(`${origin}${url.pathname}${url.search}`);
  next.searchParams.set('cursor', Buffer.from(cursor).toString('base64url'));
  return `<${next.href}>; rel="next"`;
}

function isVisible({ about }: StoredRepo, token: FakeToken | null): boolean {
  return about.isPrivate !== true || token?.name === about.id.split('/')[0];
}

function isWanted(repo: StoredRepo, query: URLSearchParams): boolean {
  const { about } = repo;
  const labels = [...about.tags ?? [], about.pipelineTag, about.libraryName];
  const filters = query.getAll('filter').flatMap((value) => value.split(','));
  const words = (query.get('search') ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  return words.every((word) => about.id.toLowerCase().includes(word))
    && filters.every((filter) => labels.includes(filter))
    && (query.get('author') ?? about.id.split('/')[0]) === about.id.split('/')[0]
    && (query.get('pipeline_tag') ?? about.pipelineTag) === about.pipelineTag
    && isOfSize(parametersOf(repo), query.get('num_parameters'));
}

function parametersOf({ about }: StoredRepo): number {
  const inGguf = about.gguf?.['total'];
  return about.safetensors?.total ?? (typeof inGguf === 'number' ? inGguf : 0);
}

/** `min:6B,max:128B`. */
function isOfSize(parameters: number, bounds: string | null): boolean {
  const units: Record<string, number> = { '': 1, K: 1e3, M: 1e6, B: 1e9, T: 1e12 };
  return (bounds ?? '').split(',').every((bound) => {
    const [, kind, amount, unit = ''] = /^(min|max):([\d.]+)([KMBT]?)$/i.exec(bound) ?? [];
    const value = Number(amount) * (units[unit.toUpperCase()] ?? 1);
    return kind === undefined || (kind === 'min' ? parameters >= value : parameters <= value);
  });
}

function compare(a: number | string, b: number | string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
