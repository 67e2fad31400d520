import { z } from 'zod';
import type { HubEntry, HubFile, HubRepo } from './hub.ts';

const count = z.number().nonnegative().catch(0);
const listOfTexts = z.union([z.array(z.string()), z.string().transform((text) => [text])]).catch([]);

/** A model as `/api/models` and `/api/models/{repo}` give it. What is of no use when wrong is left out instead of refused. */
export const modelAnswer = z.object({
  id: z.string().min(1).max(250),
  author: z.string().nullish().catch(null),
  sha: z.string().regex(/^[0-9a-f]{40}$/).optional(),
  pipeline_tag: z.string().nullable().catch(null),
  tags: z.array(z.string()).catch([]),
  downloads: count,
  likes: count,
  lastModified: z.string().catch(''),
  private: z.boolean().catch(false),
  gated: z.union([z.literal(false), z.literal('auto'), z.literal('manual')]).catch(false),
  safetensors: z.object({ total: z.number().positive() }).nullish().catch(null),
  gguf: z.object({ total: z.number().positive() }).nullish().catch(null),
  cardData: z.object({ license: listOfTexts.optional(), base_model: listOfTexts.optional() }).nullish().catch(null),
});
export type ModelAnswer = z.infer<typeof modelAnswer>;

const gates = { auto: 'automatic', manual: 'manual' } as const;

export function toEntry(answer: ModelAnswer): HubEntry {
  const { id, tags } = answer;
  return {
    repo: id,
    author: answer.author ?? ownerOf(id),
    task: answer.pipeline_tag,
    licence: licenceOf(answer),
    tags,
    downloads: answer.downloads,
    likes: answer.likes,
    updatedAtMs: toMs(answer.lastModified),
    gated: answer.gated === false ? 'no' : gates[answer.gated],
    isPrivate: answer.private,
    parameterCount: answer.safetensors?.total ?? answer.gguf?.total ?? null,
  };
}

function ownerOf(repo: string): string | null {
  return repo.includes('/') ? repo.split('/')[0] ?? null : null;
}

function toMs(date: string): number | null {
  const ms = Date.parse(date);
  return Number.isNaN(ms) ? null : ms;
}

/** Null without a commit, which a page always has. */
export function toRepo(answer: ModelAnswer): HubRepo | null {
  if (answer.sha === undefined) return null;
  const inTags = answer.tags.filter((tag) => /^base_model:[^:]+$/.test(tag)).map((tag) => tag.slice('base_model:'.length));
  return { ...toEntry(answer), commit: answer.sha, baseModels: [...new Set([...answer.cardData?.base_model ?? [], ...inTags])] };
}

function licenceOf({ tags, cardData }: ModelAnswer): string | null {
  return tags.find((tag) => tag.startsWith('license:'))?.slice('license:'.length) ?? cardData?.license?.[0] ?? null;
}

/** One row of the tree. Its ids become names of files here: nothing but hexadecimal digits. */
export const treeRow = z.object({
  type: z.string(),
  path: z.string().min(1).max(1_000),
  size: z.int().nonnegative(),
  oid: z.string().regex(/^[0-9a-f]{40,64}$/),
  lfs: z.object({ oid: z.string().regex(/^[0-9a-f]{64}$/), size: z.int().nonnegative() }).optional(),
  xetHash: z.string().max(128).optional(),
});

export function toFile({ path, size, oid, lfs, xetHash }: z.infer<typeof treeRow>): HubFile {
  return { path, sizeBytes: lfs?.size ?? size, sha256: lfs?.oid ?? null, gitOid: oid, xetHash: xetHash ?? null };
}

/** Whether a name stays within its folder on any system. */
export function isSafePath(path: string): boolean {
  const hasControl = [...path].some((char) => char < ' ' || char === '\\');
  return !hasControl && !path.includes(':') && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/** The card's text below its front matter. */
export function withoutFrontMatter(text: string): string {
  return text.replace(/^\uFEFF?---[ \t]*\r?\n[\s\S]*?\r?\n---[ \t]*(?:\r?\n|$)/, '').trimStart();
}
