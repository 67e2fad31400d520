import type { Attachment } from '#contract/conversations.ts';

/** Why a file was not taken. */
export type AttachRefusal = { readonly name: string; readonly reason: 'too_large' | 'too_much' | 'not_text' | 'unreadable' };
export interface AttachOutcome { attachments: Attachment[]; refusals: AttachRefusal[] }

/** Of one file, and of all that go with one question. */
const MAX_BYTES = 10 * 1024 * 1024;
const IMAGES = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/gif']);

/** Reads files for a question that has some already: images as they are, everything else as text if it is text. */
export async function readAttachments(files: readonly File[], already: readonly Attachment[]): Promise<AttachOutcome> {
  const outcome: AttachOutcome = { attachments: [], refusals: [] };
  let usedBytes = already.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  for (const read of await Promise.all(files.map(readAttachment))) {
    if ('reason' in read) {
      outcome.refusals.push(read);
    } else if (usedBytes + read.sizeBytes > MAX_BYTES) {
      outcome.refusals.push({ name: read.name, reason: 'too_much' });
    } else {
      usedBytes += read.sizeBytes;
      outcome.attachments.push(read);
    }
  }
  return outcome;
}

async function readAttachment(file: File): Promise<Attachment | AttachRefusal> {
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
