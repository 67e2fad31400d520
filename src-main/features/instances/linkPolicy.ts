import { join, normalize, sep } from 'node:path';
import type { BlueprintHeader } from '#contract/blueprintHeader.ts';
import { isInside } from '../../platform/files/insidePath.ts';

/** Where an instance's links may lead. */
export interface LinkPlaces {
  /** The instance's own folder. */
  readonly folder: string;
  readonly output: string;
  /** What instances share. */
  readonly shared: string;
  /** The output folder of the run before, where it had another one. */
  readonly formerOutput: string | null;
}

/** A link that a blueprint asks for. */
export interface WantedLink {
  /** Relative to the instance's folder. */
  readonly path: string;
  readonly target: string;
  /** What a link that an earlier start made may lead to. */
  readonly former: { readonly below: string; readonly exact: readonly string[] };
  /** Whether another link of the same blueprint is in its way. */
  readonly isCrossed: boolean;
}

/** What stands where a link is wanted. */
export type FoundPlace =
  | { readonly kind: 'absent' | 'file' | 'outside' }
  | { readonly kind: 'folder'; readonly isEmpty: boolean }
  | { readonly kind: 'link'; readonly target: string; readonly isWanted: boolean };

export type LinkRefusal = 'content' | 'file' | 'outside' | 'crossed';
export type LinkDecision =
  | { readonly kind: 'keep' | 'make' | 'replaceFolder' | 'repoint' }
  | { readonly kind: 'leave'; readonly target: string }
  | { readonly kind: 'refuse'; readonly reason: LinkRefusal };

/** The links of a blueprint; an output that lies in the output folder already needs none. */
export function planLinks({ links, outputs }: Pick<BlueprintHeader, 'links' | 'outputs'>, { folder, output, shared, formerOutput }: LinkPlaces): WantedLink[] {
  const toShared = links.map(({ path, sharedPath }) => ({ path: toPlainPath(path), target: join(shared, toPlainPath(sharedPath)), former: { below: shared, exact: [] } }));
  const former = { below: shared, exact: [join(folder, 'output'), ...(formerOutput === null ? [] : [formerOutput])] };
  const toOutput = outputs === null || isInside(output, join(folder, outputs)) ? [] : [{ path: toPlainPath(outputs), target: output, former }];
  const wanted = [...toShared, ...toOutput].filter(({ path, target }, index, all) => all.findIndex((other) => other.path === path && other.target === target) === index);
  return wanted.map((link) => ({ ...link, isCrossed: isInside(join(folder, link.path), link.target) || wanted.some((other) => other !== link && isInside(other.path, link.path)) }));
}

/** What to do where a link is wanted. Nothing that holds a file is ever replaced, nor a link that no start has made. */
export function decideLink({ isCrossed, former }: WantedLink, found: FoundPlace): LinkDecision {
  if (isCrossed) return { kind: 'refuse', reason: 'crossed' };
  if (found.kind === 'absent') return { kind: 'make' };
  if (found.kind === 'folder') return found.isEmpty ? { kind: 'replaceFolder' } : { kind: 'refuse', reason: 'content' };
  if (found.kind !== 'link') return { kind: 'refuse', reason: found.kind };
  if (found.isWanted) return { kind: 'keep' };
  return isInside(former.below, found.target) || former.exact.includes(found.target) ? { kind: 'repoint' } : { kind: 'leave', target: found.target };
}

/** What a user can do about a link that is not made; null where it is. */
export function describeLink({ path, target }: WantedLink, decision: LinkDecision): string | null {
  if (decision.kind === 'leave') return `${path} leads to ${decision.target} and stays so; remove it to have a link to ${target} made`;
  return decision.kind === 'refuse' ? REFUSALS[decision.reason](path, target) : null;
}

const REFUSALS: Readonly<Record<LinkRefusal, (path: string, target: string) => string>> = {
  content: (path, target) => `${path} holds files where a link to ${target} belongs; move them there, so that ${path} is empty or gone`,
  file: (path, target) => `${path} is a file where a link to ${target} belongs; move it away`,
  outside: (path) => `The way to ${path} leads out of the instance's folder; remove the link on that way`,
  crossed: (path) => `${path} crosses another link, or what it leads to, of the blueprint; correct links[] or outputs in its header`,
};

function toPlainPath(path: string): string {
  return normalize(path).replaceAll('\\', '/').split('/').filter((part) => part !== '' && part !== '.').join(sep);
}
