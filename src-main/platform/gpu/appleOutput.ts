import { z } from 'zod';
import type { Gpu } from '#contract/gpus.ts';
import { gpuId } from '#contract/ids.ts';
import { toBareGpu } from './gpuProbe.ts';

const report = z.object({ SPDisplaysDataType: z.array(z.object({ sppci_model: z.string().optional(), _name: z.string().optional(), spdisplays_vendor: z.string().optional(), spdisplays_ndrvs: z.array(z.unknown()).optional() })) });

/**
 * Parses `system_profiler SPDisplaysDataType -json`. An Apple GPU works in the machine's RAM: that is its total, and what of it
 * the GPU uses nobody says, so used is 0 and free unknown.
 * @throws ZodError or SyntaxError for another shape
 */
export function parseSystemProfiler(text: string, totalMemoryBytes: number): Gpu[] {
  return report.parse(JSON.parse(text)).SPDisplaysDataType
    .filter(({ spdisplays_vendor: vendor }) => vendor === undefined || /apple/i.test(vendor))
    .map(({ sppci_model: model, _name: name, spdisplays_ndrvs: screens }, index) => ({
      ...toBareGpu({ id: gpuId.parse(`APPLE-${index}`), index, vendor: 'apple' as const, name: model ?? name ?? 'Apple GPU' }),
      totalBytes: totalMemoryBytes, isMemoryUnified: true, isDisplayAttached: screens !== undefined && screens.length > 0,
    }));
}
