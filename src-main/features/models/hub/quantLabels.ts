/**
 * How much of the original is left, as bits per weight; two of the same size are told apart by their usual perplexity.
 *
 * Source: sizes of Llama 3.1 8B in llama.cpp `tools/quantize/README.md`; legacy types (`Q4_0`, `Q5_1`) stand below the K-types
 * of their size. `_L` and `_XL` are the mixes of publishers, a little above the type that they are named after.
 */
const bitsByName: Readonly<Record<string, number>> = {
  F32: 32, BF16: 16.1, F16: 16, Q8_K_XL: 8.9, Q8_0: 8.5, Q6_K_XL: 6.9, Q6_K_L: 6.7, Q6_K: 6.56, Q5_K_XL: 5.95, Q5_K_L: 5.85, Q5_K_M: 5.7, Q5_K_S: 5.57, Q5_1: 5.5, Q5_0: 5.4,
  Q4_K_XL: 5.05, Q4_K_L: 4.95, Q4_K_M: 4.89, Q4_K_S: 4.67, IQ4_NL: 4.6, Q4_1: 4.55, NVFP4: 4.52, MXFP4_MOE: 4.5, MXFP4: 4.5, IQ4_XS: 4.46, Q4_0: 4.4,
  Q3_K_XL: 4.35, Q3_K_L: 4.3, Q3_K_M: 4, IQ3_M: 3.76, IQ3_S: 3.66, Q3_K_S: 3.6, IQ3_XS: 3.5, IQ3_XXS: 3.25,
  Q2_K_XL: 3.2, Q2_K_L: 3.18, Q2_K: 3.16, Q2_K_S: 2.97, IQ2_M: 2.93, IQ2_S: 2.74, IQ2_XS: 2.59, IQ2_XXS: 2.38, Q2_0: 2.2, IQ1_M: 2.15, TQ2_0: 2.06, IQ1_S: 2, TQ1_0: 1.69, Q1_0: 1.5,
};

/** Bits per weight of a label; null for one that is not known. */
export function bitsOfQuant(label: string): number | null {
  return bitsByName[label.replace(/^UD-/, '')] ?? null;
}

/** Whether a label's own number is at least 3: `Q2_K` takes more than three bits and is yet of the two-bit class. */
export function isThreeBitOrMore(label: string): boolean {
  const digit = /(\d+)/.exec(label.replace(/^UD-/, ''))?.[1];
  return digit === undefined || Number(digit) >= 3;
}
