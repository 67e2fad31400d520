import { restartFields, type Instance, type InstanceEdit, type InstanceSettings } from '#contract/instances.ts';
import { isLive } from '../statusView.ts';

/** The settings that can be edited in the table. */
export const editFields = ['name', 'group', 'port', 'gpuIds', 'autostart', 'launchArgs', 'notes'] as const;
export type EditField = (typeof editFields)[number];

/** One changed cell: what it held when the edit began, and what it shall hold. */
export interface CellEdit { base: InstanceSettings[EditField]; value: InstanceSettings[EditField] }

/** Changed cells by instance and field. */
export type Drafts = Readonly<Record<string, Readonly<Partial<Record<EditField, CellEdit>>>>>;

/** The drafts and how they came about, for Ctrl Z. */
export interface EditState { drafts: Drafts; history: readonly Drafts[] }

export const noEdits: EditState = { drafts: {}, history: [] };

const MAX_UNDO_STEPS = 200;

type Editable = Omit<InstanceSettings, 'port'> & { portSetting: InstanceSettings['port'] };

export function valueOf(instance: Editable, field: EditField): CellEdit['value'] {
  return field === 'port' ? instance.portSetting : instance[field];
}

export function isSameValue(left: CellEdit['value'], right: CellEdit['value']): boolean {
  if (!Array.isArray(left) || !Array.isArray(right)) return left === right;
  return left.length === right.length && left.every((item, index) => item === right[index]);
}

/** Sets one field of several instances as one step. A value equal to the instance's own takes the edit back. */
export function setField(state: EditState, instances: readonly Instance[], field: EditField, value: CellEdit['value']): EditState {
  const drafts: Record<string, Drafts[string]> = { ...state.drafts };
  for (const instance of instances) drafts[instance.id] = editedFields(drafts[instance.id] ?? {}, instance, field, value);
  return remember(state, withoutEmpty(drafts));
}

function editedFields(fields: Drafts[string], instance: Instance, field: EditField, value: CellEdit['value']): Drafts[string] {
  const current = valueOf(instance, field);
  const kept = Object.fromEntries(Object.entries(fields).filter(([name]) => name !== field)) as Drafts[string];
  return isSameValue(current, value) ? kept : { ...kept, [field]: { base: fields[field]?.base ?? current, value } };
}

export function undo(state: EditState): EditState {
  const last = state.history.at(-1);
  return last === undefined ? state : { drafts: last, history: state.history.slice(0, -1) };
}

export function discardAll(state: EditState): EditState {
  return remember(state, {});
}

/** Takes one cell's edit back. */
export function discardCell(state: EditState, instanceId: string, field: EditField): EditState {
  const fields = state.drafts[instanceId] ?? {};
  const kept = Object.fromEntries(Object.entries(fields).filter(([name]) => name !== field)) as Drafts[string];
  return remember(state, withoutEmpty({ ...state.drafts, [instanceId]: kept }));
}

function remember(state: EditState, drafts: Drafts): EditState {
  return { drafts, history: [...state.history, state.drafts].slice(-MAX_UNDO_STEPS) };
}

function withoutEmpty(drafts: Drafts): Drafts {
  return Object.fromEntries(Object.entries(drafts).filter(([, fields]) => Object.keys(fields).length > 0));
}

/** One line of the review: what it was, what it becomes, whether a live run must be restarted for it. */
export interface ReviewLine {
  instanceId: string;
  instanceName: string;
  field: EditField;
  before: CellEdit['value'];
  after: CellEdit['value'];
  needsRestart: boolean;
  /** Somebody else changed the value since the edit began; `before` is what it is now. */
  isConflict: boolean;
}

export interface Review { lines: readonly ReviewLine[]; instanceCount: number; restartCount: number; conflictCount: number }

/** Compares the drafts with what the backend says now. Edits of instances that have gone, and edits that are already true, drop out. */
export function reviewDrafts(drafts: Drafts, byId: Readonly<Record<string, Instance>>): Review {
  const lines = Object.entries(drafts).flatMap(([id, fields]) => {
    const instance = byId[id];
    return instance === undefined ? [] : reviewFields(instance, fields);
  });
  const idsWhere = (matches: (line: ReviewLine) => boolean): Set<string> => new Set(lines.filter(matches).map(({ instanceId }) => instanceId));
  return {
    lines,
    instanceCount: idsWhere(() => true).size,
    restartCount: idsWhere(({ needsRestart }) => needsRestart).size,
    conflictCount: lines.filter(({ isConflict }) => isConflict).length,
  };
}

function reviewFields(instance: Instance, fields: Drafts[string]): ReviewLine[] {
  return editFields.flatMap((field) => {
    const edit = fields[field];
    const before = valueOf(instance, field);
    if (edit === undefined || isSameValue(before, edit.value)) return [];
    const needsRestart = isLive(instance.status) && (restartFields as readonly string[]).includes(field);
    return [{ instanceId: instance.id, instanceName: instance.name, field, before, after: edit.value, needsRestart, isConflict: !isSameValue(before, edit.base) }];
  });
}

/** The one request that applies a review. */
export function toEdits(review: Review): InstanceEdit[] {
  const byInstance = Map.groupBy(review.lines, ({ instanceId }) => instanceId);
  return [...byInstance].map(([instance, lines]) => ({
    instance,
    set: Object.fromEntries(lines.map(({ field, after }) => [field, after])),
  }));
}
