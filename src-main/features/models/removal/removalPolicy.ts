import type { RemovalPlan } from '#contract/models.ts';

/** A file that a removal could take. `realPath`: what it is a link to, or itself. */
export interface RemovableFile { readonly path: string; readonly realPath: string; readonly sizeBytes: number; readonly isOurs: boolean; readonly hasOtherUser: boolean }

/** Decides which files go: those in our own folders that nothing else uses. A link goes with what it points to, or alone. */
export function planFiles(files: readonly RemovableFile[], storage: 'managed' | 'shared' | 'linked' | 'found' | 'stock'): Pick<RemovalPlan, 'deletes' | 'keeps' | 'freesBytes'> {
  const deletes: RemovalPlan['deletes'] = [];
  const keeps: RemovalPlan['keeps'] = [];
  for (const { path, realPath, sizeBytes, isOurs, hasOtherUser } of files) {
    if (storage === 'stock') keeps.push({ path, reason: 'stock' });
    else if (storage === 'linked' || storage === 'found' || !isOurs) keeps.push({ path, reason: 'in_place' });
    else if (hasOtherUser) keeps.push({ path: realPath, reason: 'shared' });
    else deletes.push({ path: realPath, sizeBytes });
  }
  return { deletes, keeps, freesBytes: deletes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) };
}
