import { z } from 'zod';
import { call, stream } from './declare.ts';
import { modelId, modelReference, modelVersionId } from './modelIds.ts';

export const modelFormat = z.enum(['gguf', 'safetensors', 'onnx', 'pickle', 'other']);
export type ModelFormat = z.infer<typeof modelFormat>;

/** What a model can do, read from its metadata only. */
export const modelCapability = z.enum(['chat', 'completion', 'embeddings', 'rerank', 'vision', 'tools', 'thinking', 'infill']);
export type ModelCapability = z.infer<typeof modelCapability>;

/** One file of a version. `path` is relative with `/`; `sha256` is null until it has been computed or told. */
export const modelFile = z.object({
  path: z.string(), sizeBytes: z.number(), sha256: z.string().nullable(),
  role: z.enum(['weights', 'mmproj', 'adapter', 'config', 'tokenizer', 'card', 'other']),
});
export type ModelFile = z.infer<typeof modelFile>;

/** Where a version came from. */
export const modelSource = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('hub'), repo: z.string(), revision: z.string(), commit: z.string() }),
  z.object({ kind: z.literal('import'), path: z.string(), how: z.enum(['link', 'copy']) }),
  /** Listed where another program keeps it. */
  z.object({ kind: z.literal('cache'), cache: z.enum(['huggingface', 'lmstudio', 'ollama']), reference: z.string() }),
  z.object({ kind: z.literal('stock') }),
  z.object({ kind: z.literal('made'), by: z.enum(['training', 'build', 'merge']), jobId: z.string() }),
]);
export type ModelSource = z.infer<typeof modelSource>;

/** What a version was made from. `versionId` is null for one that is not on this machine. */
export const modelParent = z.object({ relation: z.enum(['base_model', 'adapter', 'merged_from', 'quantised_from', 'training_job', 'dataset']), versionId: modelVersionId.nullable(), name: z.string() });
export type ModelParent = z.infer<typeof modelParent>;

/** How the files stand: `verifying` while hashed, `missing` when gone, `changed` when size or time differ, `quarantined` after a wrong sha256 or a dangerous pickle. */
export const modelHealth = z.enum(['ok', 'verifying', 'missing', 'changed', 'quarantined', 'unreadable']);

/** A finding of the scan of pickled weights, which are never unpickled. */
export const pickleFinding = z.object({ file: z.string(), level: z.enum(['dangerous', 'suspicious', 'unscannable']), name: z.string() });
export type PickleFinding = z.infer<typeof pickleFinding>;

/** One version as recorded, never changed, with what may change about it: tags, notes, status, health, names. */
export const modelVersion = z.object({
  id: modelVersionId,
  modelId,
  modelName: z.string(),
  /** Groups the table: `qwen2`, `llama`, from the metadata's architecture or the repository. */
  family: z.string(),
  /** Tells versions of one model apart: the quantisation, else the short commit or digest. */
  label: z.string(),
  /** `modelName:label`, unique. */
  reference: z.string(),
  format: modelFormat,
  kind: z.enum(['model', 'adapter', 'mmproj']),
  /** The first file of the weights, absolute; null when it is gone. */
  path: z.string().nullable(),
  folder: z.string(),
  /** `shared`: in a cache of the Hugging Face layout; `linked` and `found`: in place, never deleted by Wheelhouse. */
  storage: z.enum(['managed', 'shared', 'linked', 'found', 'stock']),
  files: z.array(modelFile),
  sizeBytes: z.number(),
  contentSha256: z.string().nullable(),
  architecture: z.string().nullable(),
  parameterCount: z.number().nullable(),
  quantisation: z.string().nullable(),
  bitsPerWeight: z.number().nullable(),
  contextTokens: z.int().nullable(),
  embeddingLength: z.int().nullable(),
  layerCount: z.int().nullable(),
  hasChatTemplate: z.boolean(),
  licence: z.string().nullable(),
  capabilities: z.array(modelCapability),
  source: modelSource,
  parents: z.array(modelParent),
  pickleFindings: z.array(pickleFinding),
  createdAtMs: z.number(),
  tags: z.array(z.string()),
  notes: z.string(),
  status: z.enum(['candidate', 'active', 'archived']),
  health: modelHealth,
  aliases: z.array(z.string()),
  roles: z.array(z.string()),
  lastUsedAtMs: z.number().nullable(),
});
export type ModelVersion = z.infer<typeof modelVersion>;

export const modelChange = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('snapshot'), versions: z.array(modelVersion) }),
  z.object({ kind: z.literal('changed'), version: modelVersion }),
  z.object({ kind: z.literal('removed'), versionId: modelVersionId }),
]);
export type ModelChange = z.infer<typeof modelChange>;

/** A name that points to a version, with every step it took; the newest last. */
export const modelRole = z.object({
  name: z.string(), versionId: modelVersionId.nullable(), reference: z.string().nullable(),
  history: z.array(z.object({ versionId: modelVersionId.nullable(), reference: z.string().nullable(), atMs: z.number(), note: z.string() })),
});
export type ModelRole = z.infer<typeof modelRole>;

/** The family tree of one version: everything above and below it. */
export const lineage = z.object({
  nodes: z.array(z.object({ id: z.string(), versionId: modelVersionId.nullable(), name: z.string(), kind: z.enum(['model', 'adapter', 'training_job', 'dataset', 'missing']), status: z.string().nullable() })),
  edges: z.array(z.object({ from: z.string(), to: z.string(), relation: modelParent.shape.relation })),
});
export type Lineage = z.infer<typeof lineage>;

/** What a removal would take away and who still uses it. */
export const removalPlan = z.object({
  versionId: modelVersionId, freesBytes: z.number(),
  /** Files that go; those shared with other versions or kept in place stay. */
  deletes: z.array(z.object({ path: z.string(), sizeBytes: z.number() })),
  keeps: z.array(z.object({ path: z.string(), reason: z.enum(['shared', 'in_place', 'stock']) })),
  dependents: z.array(z.object({ kind: z.enum(['role', 'alias', 'config', 'engine', 'child', 'conversation']), id: z.string(), name: z.string() })),
});
export type RemovalPlan = z.infer<typeof removalPlan>;

/** One thing found at a path before it is imported. */
export const importCandidate = z.object({
  path: z.string(), name: z.string(), label: z.string(), format: modelFormat, sizeBytes: z.number(), fileCount: z.int(),
  architecture: z.string().nullable(), quantisation: z.string().nullable(), capabilities: z.array(modelCapability),
  pickleFindings: z.array(pickleFinding), alreadyVersionId: modelVersionId.nullable(), problem: z.string().nullable(),
});
export type ImportCandidate = z.infer<typeof importCandidate>;

export const importProgress = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), stage: z.enum(['copying', 'hashing']), doneBytes: z.number(), totalBytes: z.number() }),
  z.object({ kind: z.literal('done'), version: modelVersion, isNew: z.boolean() }),
]);
export type ImportProgress = z.infer<typeof importProgress>;

const one = z.object({ model: modelReference });
const name = z.string().trim().min(1).max(120).regex(/^[\p{L}\p{N}][\p{L}\p{N}._/:@+ -]*$/u);
const missing = ['model.not_found'] as const;

export const models = {
  list: call({ method: 'GET', path: '/models', summary: 'All versions on this machine', input: z.object({}), output: z.array(modelVersion) }),
  get: call({ method: 'GET', path: '/models/{model}', summary: 'One version', input: one, output: modelVersion, errors: missing }),
  watch: stream({ path: '/models/watch', summary: 'Live list', input: z.object({}), output: modelChange }),
  /** Metadata of the file's header, long arrays cut to their first items with the count, and the chat template whole. */
  metadata: call({ method: 'GET', path: '/models/{model}/metadata', summary: 'Header of the weights', input: one, output: z.object({ entries: z.array(z.object({ key: z.string(), value: z.json(), count: z.int().nullable() })), chatTemplate: z.string().nullable(), tensorCount: z.int(), tensorTypes: z.record(z.string(), z.int()) }), errors: [...missing, 'model.unreadable'] }),
  update: call({ method: 'PATCH', path: '/models/{model}', summary: 'Tags, notes, status, name', input: one.extend({ set: z.object({ tags: z.array(z.string().trim().min(1).max(60)).max(50), notes: z.string().max(20_000), status: z.enum(['candidate', 'active', 'archived']) }).partial() }), output: modelVersion, errors: missing }),
  setAlias: call({ method: 'PUT', path: '/aliases/{alias}', summary: 'Let an alias name a version', input: z.object({ alias: name, model: modelReference }), output: modelVersion, errors: [...missing, 'model.name_taken'] }),
  removeAlias: call({ method: 'DELETE', path: '/aliases/{alias}', summary: 'Drop an alias', input: z.object({ alias: name }), output: z.void(), errors: missing }),
  listRoles: call({ method: 'GET', path: '/roles', summary: 'Roles with their history', input: z.object({}), output: z.array(modelRole) }),
  /** Points a role at a version in one step; who asks for the role next gets the new one. */
  assignRole: call({ method: 'PUT', path: '/roles/{role}', summary: 'Point a role at a version', input: z.object({ role: name, model: modelReference, note: z.string().max(500).default('') }), output: modelRole, errors: [...missing, 'model.name_taken'] }),
  /** Back to the version before. */
  revertRole: call({ method: 'POST', path: '/roles/{role}/revert', summary: 'One step back', input: z.object({ role: name }), output: modelRole, errors: ['model.role_not_found', 'model.no_way_back'] }),
  removeRole: call({ method: 'DELETE', path: '/roles/{role}', summary: 'Drop a role', input: z.object({ role: name }), output: z.void(), errors: ['model.role_not_found'] }),
  addParent: call({ method: 'POST', path: '/models/{model}/parents', summary: 'Record what a version was made from', input: one.extend({ parent: modelParent }), output: modelVersion, errors: missing }),
  lineage: call({ method: 'GET', path: '/models/{model}/lineage', summary: 'What it came from and what came of it', input: one, output: lineage, errors: missing }),
  planRemoval: call({ method: 'GET', path: '/models/{model}/removal', summary: 'What a removal would take away', input: one, output: removalPlan, errors: missing }),
  /** Takes the version off the list and deletes the files that nothing else uses; `force` also when roles, aliases or configurations still name it. */
  remove: call({ method: 'DELETE', path: '/models/{model}', summary: 'Remove a version', input: one.extend({ force: z.boolean().default(false) }), output: removalPlan, errors: [...missing, 'model.in_use', 'folder.not_writable'] }),
  /** Looks at a file or folder and says what would be imported; scans pickled weights without loading them. */
  inspectPath: call({ method: 'POST', path: '/imports/inspect', summary: 'What is at a path', input: z.object({ path: z.string().min(1).max(4_000) }), output: z.array(importCandidate), errors: ['model.path_not_found'] }),
  /** Imports one candidate; the reply is its progress. */
  importFrom: stream({ path: '/imports', summary: 'Import a file or folder', input: z.object({ path: z.string().min(1).max(4_000), how: z.enum(['link', 'copy']).default('link'), name: name.optional(), acceptPickle: z.boolean().default(false) }), output: importProgress, errors: ['model.path_not_found', 'model.unreadable', 'model.pickle_refused', 'disk.full'] }),
  /** Takes in what other programs keep; answers how many versions are new. */
  scanCaches: call({ method: 'POST', path: '/models/scan', summary: 'List models of other programs', input: z.object({}), output: z.object({ found: z.int(), added: z.int(), gone: z.int() }) }),
  verify: stream({ path: '/models/{model}/verify', summary: 'Hash the files again', input: one, output: z.discriminatedUnion('kind', [z.object({ kind: z.literal('progress'), doneBytes: z.number(), totalBytes: z.number() }), z.object({ kind: z.literal('done'), isIntact: z.boolean(), wrong: z.array(z.string()) })]), errors: missing }),
};
