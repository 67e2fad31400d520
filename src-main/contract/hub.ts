import { z } from 'zod';
import { call } from './declare.ts';
import { fit } from './fits.ts';
import { modelFormat } from './models.ts';
import { modelVersionId, repoName, revisionName } from './modelIds.ts';

export const hubErrors = ['hub.unreachable', 'hub.not_found', 'hub.gated', 'hub.rate_limited', 'hub.protocol'] as const;

export const hubModel = z.object({
  repo: z.string(), author: z.string().nullable(), task: z.string().nullable(), licence: z.string().nullable(),
  tags: z.array(z.string()), formats: z.array(modelFormat), downloads: z.number(), likes: z.number(), updatedAtMs: z.number().nullable(),
  gated: z.enum(['no', 'automatic', 'manual']), isPrivate: z.boolean(), parameterCount: z.number().nullable(),
  /** How many of its versions are here already. */
  localCount: z.int(),
});
export type HubModel = z.infer<typeof hubModel>;

/** What one would pull as one: a GGUF with its shards, or a whole repository of safetensors. */
export const hubChoice = z.object({
  kind: z.enum(['gguf', 'safetensors', 'mmproj', 'onnx', 'pickle']),
  /** What `pull` takes: the quantisation, or `safetensors`. */
  label: z.string(),
  quantisation: z.string().nullable(),
  files: z.array(z.object({ path: z.string(), sizeBytes: z.number() })),
  sizeBytes: z.number(),
  /** Null while it has not been asked for. */
  fit: fit.pick({ verdict: true, gpu: true, ram: true, gpuLayers: true, layerCount: true, contextTokens: true, source: true }).nullable(),
  isRecommended: z.boolean(),
  localVersionId: modelVersionId.nullable(),
});
export type HubChoice = z.infer<typeof hubChoice>;

/** A model's page. `reason` says why the recommended one is. */
export const hubPage = z.object({
  model: hubModel, revision: z.string(), commit: z.string(), baseModels: z.array(z.string()), choices: z.array(hubChoice),
  reason: z.enum(['fits_gpu', 'fits_ram', 'smallest', 'none']),
  otherFiles: z.array(z.object({ path: z.string(), sizeBytes: z.number() })),
  /** Why the header was not read, when fits are by size alone. */
  headerProblem: z.string().nullable(),
});
export type HubPage = z.infer<typeof hubPage>;

export const hubSort = z.enum(['trending', 'downloads', 'likes', 'updated', 'created']);

export const hub = {
  search: call({
    method: 'GET', path: '/hub/models', summary: 'Search the hub',
    input: z.object({
      text: z.string().max(200).default(''), task: z.string().max(80).optional(), format: z.enum(['gguf', 'safetensors', 'onnx']).optional(), licence: z.string().max(80).optional(), author: z.string().max(120).optional(),
      /** Bounds of the number of parameters, in thousands of millions. */
      minParametersBillions: z.number().min(0).optional(), maxParametersBillions: z.number().min(0).optional(),
      sort: hubSort.default('trending'), limit: z.int().min(1).max(100).default(30), cursor: z.string().max(4_000).optional(),
    }),
    output: z.object({ models: z.array(hubModel), nextCursor: z.string().nullable(), endpoint: z.string() }), errors: hubErrors,
  }),
  /** Files, choices and which one is recommended here; reads one GGUF header, no weights. */
  page: call({ method: 'GET', path: '/hub/models/{+repo}', summary: 'One model: its files and what fits', input: z.object({ repo: repoName, revision: revisionName.default('main') }), output: hubPage, errors: hubErrors }),
  card: call({ method: 'GET', path: '/hub/cards/{+repo}', summary: 'The model card, Markdown', input: z.object({ repo: repoName, revision: revisionName.default('main') }), output: z.object({ markdown: z.string() }), errors: hubErrors }),
};
