import type { LucideIcon } from 'lucide-react';
import type { ComponentType } from 'react';

/** A place in the rail. */
export interface Area {
  /** Its hash route and the key of its name in the locale: `areas.<id>`. */
  id: AreaId;
  icon: LucideIcon;
  Main: ComponentType;
  /** What stands in the inspector beside it; areas without one have no inspector. */
  Inspector?: ComponentType;
  /** The views of the area, as the route names them, that have no row to inspect. */
  viewsWithoutInspector?: readonly string[];
  /** Its link leads back to the view that was open last; without it an area always begins anew, or remembers by itself. */
  reopensLastView?: boolean;
  /** Beside its name in the rail: a count that asks for a look, only a dot in the narrow rail. */
  Count?: ComponentType<{ isDot: boolean }>;
}

/** The one order of the rail, whatever exists of it. */
export const areaOrder = ['instances', 'models', 'chat', 'builds', 'training', 'containers', 'agents', 'gpus', 'journal', 'settings'] as const;
export type AreaId = (typeof areaOrder)[number];

const areas = new Map<AreaId, Area>();

/** Adds an area to the rail; called once before the window is drawn. */
export function registerArea(area: Area): void {
  areas.set(area.id, area);
}

/** The areas that exist, in their fixed order. */
export function listAreas(): Area[] {
  return areaOrder.flatMap((id) => areas.get(id) ?? []);
}

export function findArea(id: string): Area | undefined {
  return listAreas().find((area) => area.id === id);
}

/** Where going to an area leads, as far as its views were looked at. */
export function toPlace({ id, reopensLastView }: Pick<Area, 'id' | 'reopensLastView'>, places: Readonly<Record<string, readonly string[]>>): readonly string[] {
  return reopensLastView === true ? places[id] ?? [] : [];
}
