import { z } from 'zod';
import { blueprintHeader } from './blueprintHeader.ts';
import { call, stream } from './declare.ts';

/** Something to be said about a blueprint file; `line` counts from 1. */
export const blueprintProblem = z.object({ file: z.string(), line: z.int(), level: z.enum(['error', 'warning']), code: z.string(), message: z.string() });
export type BlueprintProblem = z.infer<typeof blueprintProblem>;

/** A blueprint in a list. `headerVersion` is null when no header could be read: the script stands under *unparsed*. */
export const blueprint = z.object({
  id: z.string(),
  stem: z.string(),
  origin: z.enum(['stock', 'custom']),
  group: z.enum(['stock', 'custom', 'unparsed']),
  headerVersion: z.union([z.literal(0), z.literal(1), z.null()]),
  header: blueprintHeader,
  unknownKeys: z.record(z.string(), z.string()),
  problems: z.array(blueprintProblem),
  sha256: z.string(),
  path: z.string(),
  sizeBytes: z.number(),
});
export type Blueprint = z.infer<typeof blueprint>;

const one = z.object({ blueprint: z.string().min(1).max(200) });

export const blueprints = {
  list: call({ method: 'GET', path: '/blueprints', summary: 'Stock, custom and unparsed blueprints', input: z.object({}), output: z.array(blueprint) }),
  get: call({ method: 'GET', path: '/blueprints/{blueprint}', summary: 'One blueprint with its text', input: one, output: blueprint.extend({ text: z.string() }), errors: ['blueprint.not_found'] }),
  /** Reads a script's text as a blueprint and says what is wrong with it, with file and line. */
  check: call({ method: 'POST', path: '/blueprints/check', summary: 'Check a script', input: z.object({ fileName: z.string().max(300).default('blueprint.sh'), text: z.string().max(8_000_000) }), output: z.object({ headerVersion: z.union([z.literal(0), z.literal(1), z.null()]), header: blueprintHeader, unknownKeys: z.record(z.string(), z.string()), problems: z.array(blueprintProblem), sha256: z.string() }) }),
  /** Saves text as a custom blueprint. `expectedSha256` guards against overwriting what somebody else changed. */
  save: call({ method: 'POST', path: '/blueprints', summary: 'Save as custom', input: z.object({ stem: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,79}$/), text: z.string().max(1_000_000), expectedSha256: z.string().nullable().default(null) }), output: blueprint, errors: ['blueprint.invalid', 'blueprint.conflict', 'folder.not_writable'] }),
  delete: call({ method: 'DELETE', path: '/blueprints/{blueprint}', summary: 'Delete a custom blueprint', input: one, output: z.void(), errors: ['blueprint.not_found', 'blueprint.read_only', 'blueprint.in_use'] }),
  /** The whole list, again after each save and deletion. What changes on disk beside them is seen by the next `list`. */
  watch: stream({ path: '/blueprints/watch', summary: 'Live list', input: z.object({}), output: z.array(blueprint) }),
};
