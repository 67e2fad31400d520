const MINUS = /^[-−]/;
/** Groups of three digits, all set apart by the same sign: `4,096`, `65 536`, `1'048'576`. */
const GROUPED = /^[1-9]\d{0,2}([ ,.'’_\u00a0\u202f])\d{3}(?:\1\d{3})*$/;

/**
 * What a box for a whole number says: null when it is empty, NaN when it is no whole number. Thousands may be set apart;
 * `4k` is refused, since it may mean 4000 or 4096.
 */
export function parseWhole(text: string): number | null {
  return parseSigned(text, (digits) => {
    if (/^\d+$/.test(digits)) return Number(digits);
    return GROUPED.test(digits) ? Number(digits.replace(/\D/g, '')) : Number.NaN;
  });
}

/**
 * What a box for any number says: null when it is empty, NaN when it is no number. A point or a comma stands before the
 * fraction; `1,125` is refused, since it may mean 1.125 or 1125.
 */
export function parseDecimal(text: string): number | null {
  return parseSigned(text, (digits) => {
    const isAmbiguous = GROUPED.test(digits) && !digits.includes('.');
    return /^(?:\d+[.,]?\d*|[.,]\d+)$/.test(digits) && !isAmbiguous ? Number(digits.replace(',', '.')) : Number.NaN;
  });
}

function parseSigned(text: string, parse: (digits: string) => number): number | null {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  return MINUS.test(trimmed) ? 0 - parse(trimmed.replace(MINUS, '')) : parse(trimmed);
}
