import { randomBytes, randomUUID } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Makes a sortable id: a prefix, the time in base 32 and 40 random bits, such as `run_01j9z…`. Does not throw. */
export function createId(prefix: string, nowMs: number): string {
  let time = '';
  for (let rest = Math.max(0, Math.floor(nowMs)); time.length < 9; rest = Math.floor(rest / 32)) {
    time = ALPHABET.charAt(rest % 32) + time;
  }
  const random = Array.from(randomBytes(8), (byte) => ALPHABET.charAt(byte % 32)).join('');
  return `${prefix}_${time}${random}`;
}

/** A reference shown for an internal error and found again in the log. */
export function createReference(): string {
  return randomUUID().slice(0, 8);
}

/** 256 random bits as base64url, for tokens. */
export function createToken(): string {
  return randomBytes(32).toString('base64url');
}
