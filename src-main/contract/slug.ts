/** What is wrong with an instance's name; null from `checkName` means nothing. The same words as in `instance.name_invalid`. */
export type NameProblem = 'empty' | 'too_long' | 'characters' | 'leading_dot' | 'slug_empty';

const MAX_NAME_LENGTH = 80;
const MAX_SLUG_LENGTH = 63;
const HASH_LENGTH = 7;

const FOLDED: Readonly<Record<string, string>> = {
  ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', å: 'a', ä: 'ae', ö: 'oe', ü: 'ue', đ: 'd', ð: 'd', ł: 'l', þ: 'th', ı: 'i', ħ: 'h', ŋ: 'n',
};

/**
 * Says why a name cannot be an instance's name, or null where it can.
 *
 * Shape: 1–80 characters (code points): any letters and digits with their marks, spaces, `.`, `_`, `-`; no dot in front;
 * nothing but separators is `slug_empty`. Does not throw.
 */
export function checkName(name: string): NameProblem | null {
  const trimmed = name.trim();
  if (trimmed === '') return 'empty';
  if (Array.from(name).length > MAX_NAME_LENGTH) return 'too_long';
  if (trimmed.startsWith('.')) return 'leading_dot';
  if (!/^[\p{L}\p{M}\p{N} ._-]+$/u.test(name)) return 'characters';
  return toSlug(name) === '' ? 'slug_empty' : null;
}

/**
 * Turns a name into what may stand in a path, a host name and a URL.
 *
 * Shape: only `a-z`, `0-9` and single inner `-`, at most 63 characters (one DNS label); a slug is its own slug. Letters
 * fold where a habit exists (`ü` → `ue`, `é` → `e`); where any letter has none (`図`), or the name is too long, a hash of the
 * whole name is added, so that different names rarely meet. Empty only for a name without any letter or digit.
 */
export function toSlug(name: string): string {
  const text = name.normalize('NFC').toLowerCase();
  const folded = Array.from(text, foldCharacter).join('');
  const isLossy = /[\p{L}\p{N}]/u.test(folded.replace(/[a-z0-9]/g, ''));
  const slug = folded.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  if (!isLossy && slug.length <= MAX_SLUG_LENGTH) return slug;
  const hash = hashOf(text);
  const head = slug.slice(0, MAX_SLUG_LENGTH - HASH_LENGTH - 1).replace(/-+$/, '');
  return head === '' ? `i-${hash}` : `${head}-${hash}`;
}

function foldCharacter(character: string): string {
  return FOLDED[character] ?? character.normalize('NFKD').replace(/\p{M}/gu, '');
}

/** FNV-1a over the code points, 32 bits in base 36: for telling names apart, not for secrets. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash.toString(36).padStart(HASH_LENGTH, '0');
}
