import type { ThrottleReason } from '#contract/gpus.ts';

/** NVML's return codes that mean something to us. Source: nvml.h, `nvmlReturn_t`. */
export const NVML = { success: 0, notSupported: 3, insufficientSize: 7, driverNotLoaded: 9, isLost: 15, versionMismatch: 18 } as const;

const words: Readonly<Record<number, string>> = {
  1: 'the library was not initialised', 4: 'no permission', 6: 'no such device', 8: 'a power cable is not attached', 9: 'the driver is not loaded',
  10: 'the driver timed out', 12: 'a library is missing', 15: 'the GPU is lost', 16: 'the GPU needs a reset', 17: 'the operating system blocks it',
  18: 'driver and library differ in version', 999: 'unknown error of the driver',
};

/** The driver's code in words. */
export function describeCode(code: number): string {
  return words[code] ?? `NVML code ${code}`;
}

/** No GPU has an exbibyte: what is above is "not available" (2^64−1) or a negative number read as unsigned. */
const LARGEST_BYTES = 1n << 60n;
const UINT_NOT_AVAILABLE = 0xffff_ffff;

/** A size the driver gave, or null where it gave none. */
export function toBytes(value: bigint): number | null {
  return value < 0n || value > LARGEST_BYTES ? null : Number(value);
}

/** A number the driver gave, or null where it is its word for "none". */
export function toCount(value: number): number | null {
  return value === UINT_NOT_AVAILABLE ? null : value;
}

/** Bits of `nvmlDeviceGetCurrentClocksThrottleReasons`. Source: nvml.h, `nvmlClocksThrottleReason…`; bit 0, idle, is no reason. */
const throttleBits: readonly (readonly [bigint, ThrottleReason])[] = [
  [0x02n, 'application-clocks'], [0x04n, 'power'], [0x08n, 'hardware'], [0x10n, 'sync-boost'],
  [0x20n, 'thermal'], [0x40n, 'thermal'], [0x80n, 'power-brake'], [0x100n, 'display-clocks'],
];

/** What a throttle mask says, each reason once; null for "not available". */
export function toThrottleReasons(mask: bigint | null): ThrottleReason[] | null {
  if (mask === null || mask > LARGEST_BYTES) return null;
  return [...new Set(throttleBits.filter(([bit]) => (mask & bit) !== 0n).map(([, reason]) => reason))];
}

/**
 * Total, used and free as they can be true together: what is missing is worked out from the rest, free is never negative and
 * never more than the total.
 */
export function toMemory({ total, used, free }: { total: number | null; used: number | null; free: number | null }): { totalBytes: number; usedBytes: number; freeBytes: number | null } {
  if (total === null || total <= 0) return { totalBytes: 0, usedBytes: 0, freeBytes: null };
  const freeBytes = free === null || free > total ? (used === null ? null : Math.max(0, total - used)) : Math.max(0, free);
  const usedBytes = used === null ? (freeBytes === null ? 0 : total - freeBytes) : used;
  return { totalBytes: total, usedBytes: Math.min(total, Math.max(0, usedBytes)), freeBytes };
}
