/// <reference lib="esnext.float16" />
/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Normally distributed numbers (Box–Muller). A block of them is repeated, so that a large tensor costs no time. */
export function fillNormal(target: Float32Array, random: () => number, deviation: number): Float32Array {
  const block = Math.min(target.length, 1 << 16);
  for (let index = 0; index < block; index += 1) {
    target[index] = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()) * deviation;
  }
  for (let filled = block; filled < target.length; filled *= 2) target.copyWithin(filled, 0, Math.min(filled, target.length - filled));
  return target;
}

/** The bytes of numbers as IEEE half precision. */
export function toHalfBytes(values: Float32Array): Uint8Array {
  const halves = Float16Array.from(values);
  return new Uint8Array(halves.buffer);
}

export function toFloatBytes(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
