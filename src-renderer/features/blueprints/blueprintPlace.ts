import { navigate } from '../../app/route.ts';
import type { Route } from '../../app/route.ts';

/** Which blueprint is shown, `new` for one that is being written, and whether it is being edited. */
export interface BlueprintPlace { id: string | null; isEditing: boolean }

/** `#/instances/blueprints/<id>` or `…/<id>/edit`. */
export function toBlueprintPlace({ rest: [, id, verb] }: Route): BlueprintPlace {
  return { id: id ?? null, isEditing: verb === 'edit' };
}

export function showBlueprint(id: string): void {
  navigate('instances', 'blueprints', id);
}

export function editBlueprint(id: string): void {
  navigate('instances', 'blueprints', id, 'edit');
}

export function showBlueprints(): void {
  navigate('instances', 'blueprints');
}
