import type { Attachment } from '#contract/conversations.ts';

/** Why files were not taken. */
export type AttachRefusal =
  | { readonly reason: 'too_large' | 'too_much' | 'not_text' | 'unreadable'; readonly name: string }
  /** More than go with one question. */
  | { readonly reason: 'too_many'; readonly count: number };
export interface AttachOutcome { attachments: Attachment[]; refusals: AttachRefusal[] }
export type ReadFile = Attachment | Extract<AttachRefusal, { name: string }>;

/** Of one file, and of all that go with one question. */
const MAX_BYTES = 10 * 1024 * 1024;
/** As many as a question takes. */
export const MAX_ATTACHMENTS = 20;
const IMAGES = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/gif']);

/** Reads files: images as they are, everything else as text if it is text. */
export function readFiles(files: readonly File[]): Promise<ReadFile[]> {
  return Promise.all(files.map(readFile));
}

/** What goes with a question that has some already. */
export function addFiles(read: readonly ReadFile[], already: readonly Attachment[]): AttachOutcome {
  const outcome: AttachOutcome = { attachments: [...already], refusals: [] };
  let usedBytes = already.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let surplusCount = 0;
  for (const file of read) {
    if ('reason' in file) {
      outcome.refusals.push(file);
    } else if (outcome.attachments.length === MAX_ATTACHMENTS) {
      surplusCount += 1;
    } else if (usedBytes + file.sizeBytes > MAX_BYTES) {
      outcome.refusals.push({ name: file.name, reason: 'too_much' });
    } else {
      usedBytes += file.sizeBytes;
      outcome.attachments.push(file);
    }
  }
  if (surplusCount > 0) outcome.refusals.push({ reason: 'too_many', count: surplusCount });
  return outcome;
}

/** A picture as an address that a page can show. */
export function toDataUrl({ mediaType, data }: Pick<Attachment, 'mediaType' | 'data'>): string {
  return `data:${mediaType};base64,${data}`;
}

/** What stands in a text file. */
export function readText({ data }: Pick<Attachment, 'data'>): string {
  return new TextDecoder().decode(Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0)));
}

async function readFile(file: File): Promise<ReadFile> {
  const { name, size: sizeBytes, type } = file;
  if (sizeBytes > MAX_BYTES) return { name, reason: 'too_large' };
  const bytes = await file.arrayBuffer().then((buffer) => new Uint8Array(buffer), () => null);
  if (bytes === null) return { name, reason: 'unreadable' };
  if (IMAGES.has(type)) return { kind: 'image', name, mediaType: type, sizeBytes, data: toBase64(bytes) };
  if (!isText(bytes)) return { name, reason: 'not_text' };
  return { kind: 'text', name, mediaType: type === '' ? 'text/plain' : type, sizeBytes, data: toBase64(bytes) };
}

const STEP = 0x8000;

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += STEP) binary += String.fromCharCode(...bytes.subarray(at, at + STEP));
  return btoa(binary);
}

function isText(bytes: Uint8Array): boolean {
  if (bytes.subarray(0, 8_192).includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
