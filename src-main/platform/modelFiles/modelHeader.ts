import { z } from 'zod';

/** A model that another was made from, as a header names it. */
export const headerParent = z.object({ relation: z.enum(['base_model', 'adapter', 'dataset']), name: z.string() });

/** Names and the like longer than this are cut: they stand in every list of models. */
export const MAX_FACT_CHARS = 500;

/** What one file's header, or the JSON beside it, says about a model. Null: it does not say. */
export const modelHeader = z.object({
  format: z.enum(['gguf', 'safetensors', 'onnx', 'pickle', 'other']),
  /** `adapter`: a LoRA. `mmproj`: the part that turns pictures or sound into tokens. */
  kind: z.enum(['model', 'adapter', 'mmproj']),
  name: z.string().nullable(),
  architecture: z.string().nullable(),
  parameterCount: z.number().nullable(),
  quantisation: z.string().nullable(),
  contextTokens: z.int().nullable(),
  embeddingLength: z.int().nullable(),
  layerCount: z.int().nullable(),
  chatTemplate: z.string().nullable(),
  licence: z.string().nullable(),
  purpose: z.enum(['text', 'embeddings', 'rerank', 'other']),
  hasInfill: z.boolean(),
  hasVision: z.boolean(),
  parents: z.array(headerParent),
  headerBytes: z.number(),
});
export type ModelHeader = z.infer<typeof modelHeader>;

/** The same with nothing known. */
export const EMPTY_HEADER: ModelHeader = {
  format: 'other', kind: 'model', name: null, architecture: null, parameterCount: null, quantisation: null, contextTokens: null, embeddingLength: null, layerCount: null,
  chatTemplate: null, licence: null, purpose: 'other', hasInfill: false, hasVision: false, parents: [], headerBytes: 0,
};

/** A header's own entries, for showing. */
export const headerMetadata = z.object({
  entries: z.array(z.object({ key: z.string(), value: z.json(), count: z.int().nullable() })),
  chatTemplate: z.string().nullable(), tensorCount: z.int(), tensorTypes: z.record(z.string(), z.int()),
});
export type HeaderMetadata = z.infer<typeof headerMetadata>;
