import type { BlueprintHeader } from '#contract/blueprintHeader.ts';
import { createDefaultHeader } from './headerDefaults.ts';
import { headerFields } from './headerFields.ts';

/**
 * Prints a header as lines of a script, version 1; `parseBlueprint` reads the same header back. Only what differs from the
 * defaults is printed. Shape: ends with a line feed. Does not throw.
 */
export function printBlueprintHeader(header: BlueprintHeader, unknownKeys: Readonly<Record<string, string>> = {}): string {
  const defaults = createDefaultHeader(header.kind, '');
  defaults.kind = 'webui';
  const lines = ['### WHEELHOUSE-BLUEPRINT 1 ###'];
  for (const field of headerFields) {
    const values = field.print(header);
    if (values.join('\n') === field.print(defaults).join('\n') && values.length === field.print(defaults).length) continue;
    if (!field.isList) lines.push(...printEntry(field.key, values[0] ?? ''));
    else lines.push(...printList(field.key, values));
  }
  for (const [key, value] of Object.entries(unknownKeys)) {
    if (key.endsWith('[]')) lines.push(...value.split('\n').map((item) => `# ${key} = ${item}`));
    else lines.push(...printEntry(key, value));
  }
  return [...lines, '### END ###', ''].join('\n');
}

/** An empty first line clears a default that is not empty. */
function printList(key: string, values: readonly string[]): string[] {
  return [`# ${key} =`, ...values.map((value) => `# ${key}[] = ${value}`)];
}

function printEntry(key: string, value: string): string[] {
  const [first = '', ...more] = value.split('\n');
  return [`# ${key} = ${first}`.trimEnd(), ...more.map((line) => `#     ${line}`)];
}
