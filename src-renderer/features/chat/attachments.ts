import type { Attachment } from '#contract/conversations.ts';

/** Why a file was not taken. */
export type AttachRefusal = { readonly name: string; readonly reason: 'too_large' | 'not_text' | 'unreadable' };
export interface AttachOutcome { attachments: Attachment[]; refusals: AttachRefusal[] }

const MAX_BYTES = 10 * 1024 * 1024;
const IMAGES = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/gif']);

/** Reads files for a question: images as they are, everything else as text if it is text. */
export async function readAttachments(files: readonly File[]): Promise<AttachOutcome> {
  const outcomes = await Promise.all(files.map(readAttachment));
  return {
    attachments: outcomes.flatMap((outcome) => ('data' in outcome ? [outcome] : [])),
    refusals: outcomes.flatMap((outcome) => ('reason' in outcome ? [outcome] : [])),
  };
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
