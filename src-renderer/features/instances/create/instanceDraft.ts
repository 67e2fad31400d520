import type { Blueprint } from '#contract/blueprints.ts';
import type { Instance, InstanceSettings } from '#contract/instances.ts';
import { checkName, toSlug, type NameProblem } from '#contract/slug.ts';
import { parsePort } from '../edit/parseCell.ts';

/** What the form holds while a new instance is described. */
export interface InstanceDraft {
  blueprintId: string | null;
  name: string;
  /** The name follows the blueprint until somebody types one. */
  isNameTyped: boolean;
  group: string;
  /** As typed; empty and `auto` mean the next free port. */
  port: string;
  gpuIds: readonly string[] | null;
  launchArgs: string;
  autostart: boolean;
  pythonVersion: string;
  torchVersion: string;
  cudaVersion: string;
}

export const emptyDraft: InstanceDraft = {
  blueprintId: null, name: '', isNameTyped: false, group: '', port: '', gpuIds: null, launchArgs: '', autostart: false, pythonVersion: '', torchVersion: '', cudaVersion: '',
};

/** Chooses a blueprint; the name follows it as long as nobody typed one. */
export function chooseBlueprint(draft: InstanceDraft, blueprint: Blueprint, taken: readonly Pick<Instance, 'slug'>[]): InstanceDraft {
  return { ...draft, blueprintId: blueprint.id, name: draft.isNameTyped ? draft.name : proposeName(blueprint.header.name, taken) };
}

/** The blueprint's name, with the first number that makes it free. */
export function proposeName(name: string, taken: readonly Pick<Instance, 'slug'>[]): string {
  const slugs = new Set(taken.map(({ slug }) => slug));
  if (!slugs.has(toSlug(name))) return name;
  let number = 2;
  while (slugs.has(toSlug(`${name} ${number}`))) number += 1;
  return `${name} ${number}`;
}

export type DraftProblems = { name: NameProblem | 'taken' | null; port: 'invalidPort' | null; version: readonly ('pythonVersion' | 'torchVersion' | 'cudaVersion')[] };

const versionShape = /^(auto|[0-9]+(\.[0-9]+){0,3}([a-z0-9.+-]*)?)?$/;

export function checkDraft(draft: InstanceDraft, taken: readonly Pick<Instance, 'slug'>[]): DraftProblems {
  const isTaken = taken.some(({ slug }) => slug === toSlug(draft.name));
  return {
    name: checkName(draft.name) ?? (isTaken ? 'taken' : null),
    port: parsePort(draft.port.trim()) === undefined ? 'invalidPort' : null,
    version: (['pythonVersion', 'torchVersion', 'cudaVersion'] as const).filter((field) => !versionShape.test(draft[field].trim())),
  };
}

export function isSound({ name, port, version }: DraftProblems): boolean {
  return name === null && port === null && version.length === 0;
}

/** What is asked of the backend: only what differs from its defaults. */
export function toCreation(draft: InstanceDraft, blueprintId: string): Partial<InstanceSettings> & Pick<InstanceSettings, 'name' | 'blueprintId'> {
  const group = draft.group.trim();
  return {
    name: draft.name.trim(),
    blueprintId,
    port: parsePort(draft.port.trim()) ?? 'auto',
    autostart: draft.autostart,
    launchArgs: draft.launchArgs,
    gpuIds: draft.gpuIds as InstanceSettings['gpuIds'],
    ...(group === '' ? {} : { group }),
    pythonVersion: draft.pythonVersion.trim() || 'auto',
    torchVersion: draft.torchVersion.trim() || 'auto',
    cudaVersion: draft.cudaVersion.trim() || 'auto',
  };
}

/** One thing a blueprint needs: a key below `instances.create` with its values. */
export interface Need { key: 'needsGpu' | 'needsVram' | 'needsDisk' | 'needsRam' | 'needsDriver' | 'needsCuda' | 'command'; value: string; mib: number | null }

/** What a blueprint asks of the workstation, in the order in which it usually fails. */
export function needsOf({ header: { requires } }: Blueprint): Need[] {
  const needs: (Need | null)[] = [
    requires.gpu === 'none' || requires.gpu === 'optional' ? null : { key: 'needsGpu', value: requires.gpu, mib: null },
    requires.vramMib === null ? null : { key: 'needsVram', value: '', mib: requires.vramMib },
    requires.diskMib === null ? null : { key: 'needsDisk', value: '', mib: requires.diskMib },
    requires.ramMib === null ? null : { key: 'needsRam', value: '', mib: requires.ramMib },
    requires.driverMin === null ? null : { key: 'needsDriver', value: requires.driverMin, mib: null },
    requires.cudaMin === null ? null : { key: 'needsCuda', value: requires.cudaMin, mib: null },
    ...requires.commands.map((value): Need => ({ key: 'command', value, mib: null })),
  ];
  return needs.filter((need) => need !== null);
}
