import type { MemoryShape } from '../../../platform/modelFiles/gguf/memoryShape.ts';
import { TensorSums } from '../../../platform/modelFiles/gguf/memoryShape.ts';
import { HeaderError } from '../../../platform/modelFiles/headerError.ts';
import type { ModelFileReader } from '../../../platform/modelFiles/modelFileReader.ts';
import type { GgufHeader } from '../../../platform/hub/gguf/ggufHeader.ts';
import type { EstimateQuestion, LayerTable, MemoryEstimator } from './memoryEstimator.ts';
import { estimateBySize, toShapeTable } from './shapeEstimate.ts';

const KEPT_SHAPES = 200;

/** Estimates by the header's own numbers; by size alone where the weights are no GGUF. */
export class HeaderEstimator implements MemoryEstimator {
  readonly #reader: Pick<ModelFileReader, 'readMemoryShape'>;
  readonly #shapes = new Map<string, Promise<MemoryShape>>();

  constructor(reader: Pick<ModelFileReader, 'readMemoryShape'>) {
    this.#reader = reader;
  }

  async estimate(question: EstimateQuestion): Promise<LayerTable> {
    try {
      return toShapeTable(await this.#readShape(question.paths), question);
    } catch (error) {
      if (error instanceof HeaderError && error.problem === 'not_this_format') return { layerCount: 1, at: (gpuLayers) => estimateBySize({ sizeBytes: question.sizeBytes, gpuLayers }) };
      throw error;
    }
  }

  #readShape(paths: readonly string[]): Promise<MemoryShape> {
    const key = paths.join('\n');
    const known = this.#shapes.get(key) ?? this.#reader.readMemoryShape(paths);
    this.#shapes.set(key, known);
    known.catch(() => { this.#shapes.delete(key); });
    if (this.#shapes.size > KEPT_SHAPES) this.#shapes.clear();
    return known;
  }
}

/** The same numbers of a header that was fetched from the hub. */
export function toRemoteShape(header: GgufHeader): MemoryShape {
  const sums = new TensorSums();
  for (const { name, dimensions, type } of header.tensors) sums.add({ name, type, elements: dimensions.reduce((product, size) => product * size, 1) });
  const architecture = header.metadata['general.architecture'];
  return sums.toShape({
    architecture: typeof architecture === 'string' ? architecture : '',
    get: (key) => {
      const value = header.metadata[key];
      if (typeof value === 'object') return value.items.map(Number);
      return typeof value === 'number' ? value : null;
    },
    countOf: (key) => { const value = header.metadata[key]; return typeof value === 'object' ? value.length : null; },
  });
}
