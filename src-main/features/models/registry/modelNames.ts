/** `org/Name-7B`, `name`: letters, digits and `._-/@+` and spaces; never empty. Does not throw. */
export function toModelName(text: string): string {
  const name = text.normalize('NFC').replaceAll(/[^\p{L}\p{N}._/@+ -]+/gu, '-').replaceAll(/\s+/g, '-').replaceAll(/\/{2,}/g, '/').replace(/^[^\p{L}\p{N}]+/u, '').replace(/[-._/ ]+$/, '').slice(0, 110);
  return name === '' ? 'model' : name;
}

/** `name`, or `name-2`, `name-3` … : the first that is not taken. */
export function makeUnique(name: string, isTaken: (name: string) => boolean): string {
  if (!isTaken(name)) return name;
  for (let n = 2; ; n += 1) {
    const candidate = `${name}-${n}`;
    if (!isTaken(candidate)) return candidate;
  }
}

/** A label that no other version of the model has: as wanted, else with a short mark of the content or the commit behind it. */
export function makeLabel(wanted: string, mark: string | null, isTaken: (label: string) => boolean): string {
  const label = wanted.replaceAll(/[^\p{L}\p{N}._+-]+/gu, '-').slice(0, 80) || 'v';
  if (!isTaken(label)) return label;
  return makeUnique(mark === null ? label : `${label}-${mark.slice(0, 7)}`, isTaken);
}
