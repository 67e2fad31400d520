import type { TFunction } from 'i18next';
import type { ZodError } from 'zod';
import { formatNumber } from '../../../base/format.ts';

/** What is wrong with one box of a form. `field` is the path of the setting: `slots`, `sampling.topP`, `adapters.0.scale`. */
export interface Fault { field: string; kind: FaultKind; bound?: number }
type FaultKind = 'missing' | 'number' | 'whole' | 'atLeast' | 'atMost' | 'openQuote' | 'environment' | 'name' | 'baseUrl' | 'keyVariable' | 'other';

type Issue = ZodError['issues'][number];
const formats: Readonly<Record<string, FaultKind>> = { name: 'name', aliases: 'name', baseUrl: 'baseUrl', keyVariable: 'keyVariable' };

/** The faults that a schema found, in the order of its fields. A number that could not be read is NaN. */
export function toFaults(error: ZodError | undefined): Fault[] {
  return (error?.issues ?? []).map((issue) => ({ field: issue.path.join('.'), ...toKind(issue) }));
}

function toKind(issue: Issue): Omit<Fault, 'field'> {
  if (issue.code === 'invalid_type') return { kind: issue.expected === 'int' ? 'whole' : 'number' };
  if (issue.code === 'invalid_format') return { kind: formats[toLeaf(issue.path.join('.'))] ?? 'other' };
  if (issue.code === 'too_small') return issue.origin === 'number' ? { kind: 'atLeast', bound: Number(issue.minimum) } : { kind: 'missing' };
  if (issue.code === 'too_big' && issue.origin === 'number') return { kind: 'atMost', bound: Number(issue.maximum) };
  return { kind: 'other' };
}

/** The setting's own name in its path. */
export function toLeaf(field: string): string {
  return field.split('.').findLast((part) => !/^\d+$/.test(part)) ?? field;
}

/** The first fault of a field or of something in it. */
export function findFault(faults: readonly Fault[], field: string): Fault | null {
  return faults.find((fault) => fault.field === field || fault.field.startsWith(`${field}.`)) ?? null;
}

/** What a box says about itself: an empty one nothing, the button of its form names it. */
export function toFieldSentence(fault: Fault | null, t: TFunction): string | undefined {
  return fault === null || fault.kind === 'missing' ? undefined : toFaultSentence(fault, t);
}

/** What to do about it, as a short sentence. */
export function toFaultSentence({ kind, bound = 0 }: Fault, t: TFunction): string {
  return t(`serving.fault.${kind}`, { bound: formatNumber(bound) });
}
