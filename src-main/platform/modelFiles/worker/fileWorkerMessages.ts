import { z } from 'zod';
import { memoryShape } from '../gguf/memoryShape.ts';
import { headerMetadata, modelHeader, type ModelHeader } from '../modelHeader.ts';

/** A finding of the scan of a pickle. */
export const scanFinding = z.object({ level: z.enum(['dangerous', 'suspicious', 'unscannable']), name: z.string() });
export type ScanFinding = z.infer<typeof scanFinding>;

/** What the worker is asked. `hash` and `copy` report progress. */
export type FileRequest =
  | { readonly kind: 'header'; readonly format: ModelHeader['format']; readonly paths: readonly string[] }
  | { readonly kind: 'metadata'; readonly format: ModelHeader['format']; readonly path: string }
  | { readonly kind: 'memory'; readonly paths: readonly string[] }
  | { readonly kind: 'scan'; readonly path: string }
  | { readonly kind: 'hash'; readonly path: string }
  | { readonly kind: 'copy'; readonly path: string; readonly to: string };

export const fileAnswer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('header'), header: modelHeader }),
  z.object({ kind: z.literal('metadata'), metadata: headerMetadata.nullable() }),
  z.object({ kind: z.literal('memory'), shape: memoryShape }),
  z.object({ kind: z.literal('scan'), findings: z.array(scanFinding) }),
  z.object({ kind: z.literal('hash'), sha256: z.string(), sizeBytes: z.number() }),
]);
export type FileAnswer = z.infer<typeof fileAnswer>;

/** What the worker says: `problem` is a HeaderProblem, or the system's code. */
export const fileMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), id: z.int(), doneBytes: z.number() }),
  z.object({ kind: z.literal('answer'), id: z.int(), answer: fileAnswer }),
  z.object({ kind: z.literal('failed'), id: z.int(), problem: z.string(), reason: z.string() }),
]);
export type FileMessage = z.infer<typeof fileMessage>;
