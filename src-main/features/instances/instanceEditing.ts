import { AppError } from '#contract/errors.ts';
import type { InstanceId } from '#contract/ids.ts';
import type { InstanceSettings } from '#contract/instances.ts';
import { checkName, toSlug } from '#contract/slug.ts';
import type { KeptInstance } from './instanceRepository.ts';

/** What an instance has where its maker says nothing. */
export const defaultSettings: Omit<InstanceSettings, 'name' | 'blueprintId'> = {
  group: null, notes: '', autostart: false, port: 'auto', gpuIds: null, launchArgs: '', outputPath: null, hostname: null,
  pythonVersion: 'auto', torchVersion: 'auto', cudaVersion: 'auto',
};

/** The slug of a name. @throws instance.name_invalid */
export function requireSlug(name: string): string {
  const reason = checkName(name);
  if (reason !== null) throw new AppError('instance.name_invalid', 'the name cannot be used', { name: name.slice(0, 400), reason });
  return toSlug(name);
}

/** @throws instance.name_taken when another instance has the slug, or a folder of that name until its move. */
export function requireFreeSlug({ slug, name, id }: { slug: string; name: string; id: InstanceId | null }, all: readonly KeptInstance[]): void {
  const other = all.find((kept) => kept.deletedAtMs === null && kept.id !== id && (kept.slug === slug || kept.folderName === slug));
  if (other !== undefined) throw new AppError('instance.name_taken', 'another instance has this name', { name, slug });
}

/** The settings after an edit, with an empty group or path as none. Fields left out stay. */
export function applyEdit(settings: InstanceSettings, set: Partial<InstanceSettings> | Readonly<Record<string, unknown>>): InstanceSettings {
  const changes = Object.fromEntries(Object.entries(set).filter(([, value]) => value !== undefined));
  const edited = { ...settings, ...changes };
  return { ...edited, name: edited.name.trim(), group: emptyToNull(edited.group), outputPath: emptyToNull(edited.outputPath), hostname: emptyToNull(edited.hostname) };
}

/** The fields in which two settings really differ. */
export function findChangedFields(before: InstanceSettings, after: InstanceSettings): (keyof InstanceSettings)[] {
  return (Object.keys(after) as (keyof InstanceSettings)[]).filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
}

function emptyToNull(text: string | null): string | null {
  return text === null || text.trim() === '' ? null : text.trim();
}
