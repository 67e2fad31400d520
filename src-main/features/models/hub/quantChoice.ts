import type { HubPage } from '#contract/hub.ts';
import { bitsOfQuant, isThreeBitOrMore } from './quantLabels.ts';
import type { ChoiceFit } from './sizeEstimate.ts';

export interface QuantCandidate { readonly label: string; readonly quantisation: string | null; readonly sizeBytes: number; readonly verdict: ChoiceFit['verdict'] }

/** `label` is null where there is nothing to choose from. */
export interface QuantChoice { readonly label: string | null; readonly reason: HubPage['reason'] }

/** More bits than Q8_0 double the size for a difference that tests do not find. */
const MOST_BITS = 9;
/** Q4_K_M and its neighbours: on a CPU each further bit costs speed, each bit less costs sense. */
const CPU_BITS = 5.1;

/**
 * The one quantisation to take here.
 *
 * Shape: whole on the GPUs, the best up to eight bits; else in RAM, or partly, the best of the four-bit class, else the
 * smallest above it, else the best below it. Two-bit classes only where nothing larger fits; 16 bits only where there is nothing else.
 * Where nothing fits the smallest, with the reason `smallest`. Does not throw.
 */
export function chooseQuantisation(candidates: readonly QuantCandidate[], { hasGpu }: { hasGpu: boolean }): QuantChoice {
  const ranked = candidates.map((candidate) => ({ ...candidate, bits: bitsOf(candidate, candidates) })).toSorted((a, b) => b.bits - a.bits || a.sizeBytes - b.sizeBytes);
  const onGpu = hasGpu ? ranked.filter(({ verdict }) => verdict === 'fits') : [];
  const inRam = ranked.filter(({ verdict }) => verdict === (hasGpu ? 'partly' : 'fits'));
  const isGood = ({ quantisation }: QuantCandidate): boolean => quantisation === null || isThreeBitOrMore(quantisation);
  const steps: [Ranked | undefined, HubPage['reason']][] = [
    [bestForGpu(onGpu.filter(isGood)), 'fits_gpu'],
    [bestForRam(inRam.filter(isGood)), 'fits_ram'],
    [bestForGpu(onGpu), 'fits_gpu'],
    [bestForRam(inRam), 'fits_ram'],
    [ranked.toSorted((a, b) => a.sizeBytes - b.sizeBytes)[0], 'smallest'],
  ];
  const [found, reason] = steps.find(([candidate]) => candidate !== undefined) ?? [undefined, 'none'];
  return { label: found?.label ?? null, reason };
}

type Ranked = QuantCandidate & { bits: number };

function bestForGpu(ranked: readonly Ranked[]): Ranked | undefined {
  return ranked.find(({ bits }) => bits <= MOST_BITS) ?? ranked.at(-1);
}

function bestForRam(ranked: readonly Ranked[]): Ranked | undefined {
  const isSmallEnough = ({ bits }: Ranked): boolean => bits <= CPU_BITS;
  const best = ranked.find(isSmallEnough);
  const isFourBit = best !== undefined && best.bits >= 4.4;
  return isFourBit ? best : ranked.findLast((candidate) => !isSmallEnough(candidate) && candidate.bits <= MOST_BITS) ?? best ?? ranked.at(-1);
}

/** By its name, else by its size beside one whose name is known. */
function bitsOf({ quantisation, sizeBytes }: QuantCandidate, all: readonly QuantCandidate[]): number {
  const own = quantisation === null ? null : bitsOfQuant(quantisation);
  if (own !== null) return own;
  const known = all.find((other) => other.quantisation !== null && bitsOfQuant(other.quantisation) !== null);
  const knownBits = known?.quantisation == null ? null : bitsOfQuant(known.quantisation);
  return known === undefined || knownBits === null ? 4.5 : (sizeBytes / known.sizeBytes) * knownBits;
}
