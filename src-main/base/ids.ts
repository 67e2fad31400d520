import { randomBytes, randomUUID } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Makes a sortable id: a prefix, the time in base 32 and 40 random bits, such as `run_01j9z…`. Does not throw. */
export function createId(prefix: string, nowMs: number): string {
  let time = '';
  for (let rest = Math.max(0, Math.floor(nowMs)); time.length < 9; rest = Math.floor(rest / 32)) {
    time = ALPHABET.charAt(rest % 32) + time;
  }
  return `${prefix}_${time}${takeRandomLetters(8)}`;
}

/** Asking the system for each id costs more than the rest of it. */
const POOL_BYTES = 4_096;
let [pool, taken] = [Buffer.alloc(0), 0];

/** Of 5 bits each. */
function takeRandomLetters(count: number): string {
  if (taken + count > pool.byteLength) [pool, taken] = [randomBytes(POOL_BYTES), 0];
  taken += count;
  let letters = '';
  for (let at = taken - count; at < taken; at += 1) letters += ALPHABET.charAt((pool[at] ?? 0) % 32);
  return letters;
}

/** A reference shown for an internal error and found again in the log. */
export function createReference(): string {
  return randomUUID().slice(0, 8);
}

/** 256 random bits as base64url, for tokens. */
export function createToken(): string {
  return randomBytes(32).toString('base64url');
}
