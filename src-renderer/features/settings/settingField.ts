import { z } from 'zod';
import { settingSchemas } from '#contract/settings.ts';
import type { Setting, SettingKey } from '#contract/settings.ts';
import { parseDecimal, parseWhole } from '../../base/parseNumber.ts';

type Json = Setting['value'];

/** How a setting is edited, read off its schema. `null`: it is not edited by hand. */
export type SettingField =
  | { kind: 'choice'; options: readonly string[] }
  /** Shown divided by `scale`: bytes as MiB. */
  | { kind: 'number'; scale: number }
  | { kind: 'text'; isNullable: boolean }
  | { kind: 'list' };

const MIB = 1024 * 1024;

export function toSettingField(key: SettingKey): SettingField | null {
  const schema = unwrap(settingSchemas[key]);
  if (schema.inner instanceof z.ZodEnum) return { kind: 'choice', options: schema.inner.options.map(String) };
  if (schema.inner instanceof z.ZodNumber) return { kind: 'number', scale: key.endsWith('Bytes') ? MIB : 1 };
  if (schema.inner instanceof z.ZodString || schema.inner instanceof z.ZodURL) return { kind: 'text', isNullable: schema.isNullable };
  if (schema.inner instanceof z.ZodArray) return { kind: 'list' };
  return null;
}

function unwrap(schema: unknown): { inner: unknown; isNullable: boolean } {
  if (schema instanceof z.ZodDefault) return unwrap(schema.unwrap());
  if (schema instanceof z.ZodNullable) return { ...unwrap(schema.unwrap()), isNullable: true };
  return { inner: schema, isNullable: false };
}

/** A value as the text of its box. */
export function toDraft(field: SettingField, value: Json): string {
  if (field.kind === 'number') return typeof value === 'number' ? String(Math.round(value / field.scale * 100) / 100) : '';
  if (field.kind === 'list') return Array.isArray(value) ? value.map(String).join('\n') : '';
  return typeof value === 'string' ? value : '';
}

/** What is wrong with a draft: a key under `settings.` and its values. */
export interface DraftFault { key: string; values: Record<string, number | string> }
export type ParsedDraft = { value: Json; fault: null } | { fault: DraftFault };

/** Reads the text of a box as a value of its setting. */
export function parseDraft(key: SettingKey, field: SettingField, draft: string): ParsedDraft {
  const value = fromDraft(field, draft);
  if (field.kind === 'number' && Number.isNaN(value)) return { fault: { key: 'wholeNumber', values: {} } };
  const parsed = settingSchemas[key].safeParse(value);
  if (parsed.success) return { value: parsed.data as Json, fault: null };
  return { fault: toFault(field, parsed.error.issues[0]) };
}

function fromDraft(field: SettingField, draft: string): Json {
  const text = draft.trim();
  switch (field.kind) {
    case 'number': return Math.round(parseEither(text) * field.scale * 1e6) / 1e6;
    case 'list': return text.split('\n').map((line) => line.trim()).filter(Boolean);
    case 'text': return text === '' && field.isNullable ? null : text;
    case 'choice': return text;
  }
}

/** `0.5` and `0,5`, else a whole number whose thousands may be set apart. */
function parseEither(text: string): number {
  const number = parseDecimal(text) ?? Number.NaN;
  return Number.isNaN(number) ? parseWhole(text) ?? Number.NaN : number;
}

function toFault(field: SettingField, issue: z.core.$ZodIssue | undefined): DraftFault {
  if (field.kind !== 'number') return { key: issue?.code === 'too_small' ? 'required' : 'invalid', values: {} };
  if (issue?.code === 'too_small') return { key: 'tooSmall', values: { min: Number(issue.minimum) / field.scale } };
  if (issue?.code === 'too_big') return { key: 'tooLarge', values: { max: Number(issue.maximum) / field.scale } };
  return { key: 'wholeNumber', values: {} };
}

/** The settings that are edited by hand, by the first part of their key, in the order of the contract. */
export function listSettingGroups(): { group: string; keys: SettingKey[] }[] {
  const keys = (Object.keys(settingSchemas) as SettingKey[]).filter((key) => toSettingField(key) !== null);
  return Object.entries(Object.groupBy(keys, (key) => key.split('.')[0] ?? '')).map(([group, members = []]) => ({ group, keys: members }));
}
