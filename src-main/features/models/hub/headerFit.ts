import { loadShape } from '#contract/fits.ts';
import type { GgufHeader } from '../../../platform/hub/gguf/ggufHeader.ts';
import type { MemoryShape } from '../../../platform/modelFiles/gguf/memoryShape.ts';
import type { FitService } from '../fits/fitService.ts';
import { toRemoteShape } from '../fits/headerEstimator.ts';
import { toShapeTable } from '../fits/shapeEstimate.ts';
import type { FitEstimate } from './sizeEstimate.ts';

/** Judges every quantisation of a model by the header of one of them, as a version on this machine is judged. */
export function createHeaderFit(service: Pick<FitService, 'estimateSubject'>): FitEstimate {
  return async ({ sizeBytes, header, headerSizeBytes }) => {
    const shape = header === null ? null : toShapeOfSize(header, { sizeBytes, headerSizeBytes });
    const { verdict, gpu, ram, gpuLayers, layerCount, contextTokens, source } = await service.estimateSubject({
      contextTokens: shape?.contextTokens ?? null, bitsPerWeight: null, correction: 1, measuredCount: 0,
      estimate: async (question) => toShapeTable(shape ?? NO_SHAPE, { ...question, isEmbedding: false }),
    }, loadShape.parse({}));
    return { verdict, gpu, ram, gpuLayers, layerCount, contextTokens, source };
  };
}

const NO_SHAPE: MemoryShape = { layers: [], inputBytes: 0, outputBytes: 0, tiedBytes: 0, vocabularySize: 0, embeddingLength: 0, contextTokens: null };

/**
 * The shape of another quantisation: its embeddings and output grow with the whole, what is left is the blocks', each alike.
 * A header of the first of several parts names its own tensors only, so that the blocks are not taken from it.
 */
export function toShapeOfSize(header: GgufHeader, { sizeBytes, headerSizeBytes }: { sizeBytes: number; headerSizeBytes: number }): MemoryShape {
  const shape = toRemoteShape(header);
  const growth = headerSizeBytes > 0 ? sizeBytes / headerSizeBytes : 1;
  const [inputBytes, outputBytes, tiedBytes] = [shape.inputBytes * growth, shape.outputBytes * growth, shape.tiedBytes * growth];
  const blockBytes = Math.max(0, sizeBytes - outputBytes - inputBytes);
  return { ...shape, inputBytes, outputBytes, tiedBytes, layers: shape.layers.map((layer) => ({ ...layer, weightsBytes: blockBytes / shape.layers.length })) };
}
