import { AppError } from '#contract/errors.ts';
import type { Fit, LoadShape } from '#contract/fits.ts';
import type { Hub, HubFile } from '../../../platform/hub/hub.ts';
import type { FitService } from '../fits/fitService.ts';
import { toRemoteShape } from '../fits/headerEstimator.ts';
import { toShapeTable } from '../fits/shapeEstimate.ts';
import type { ModelRegistry } from '../registry/modelRegistry.ts';
import { groupHubFiles, type FileGroup } from './fileGroups.ts';
import { toShapeOfSize } from './headerFit.ts';

interface FitCallsDeps { readonly registry: ModelRegistry; readonly service: FitService; readonly getHub: () => Hub }

/** A file of the hub. */
export interface RemoteFile { readonly repo: string; readonly revision: string; readonly path: string }

/** Estimates by name: of what is here, and of what the hub has. */
export class FitCalls {
  readonly #deps: FitCallsDeps;

  constructor(deps: FitCallsDeps) {
    this.#deps = deps;
  }

  /** @throws model.not_found, model.unreadable */
  estimate(reference: string, load: LoadShape): Promise<Fit> {
    return this.#deps.service.estimate(this.#deps.registry.resolve(reference), load);
  }

  /** Fetches the header of the file, or of the first of its parts, and nothing of its weights. @throws what the hub throws, model.unreadable */
  async estimateRemote(file: RemoteFile, load: LoadShape, signal: AbortSignal | undefined): Promise<Fit> {
    const { repo, revision, path } = file;
    const hub = this.#deps.getHub();
    const { commit } = await hub.readModel(repo, revision, { signal });
    const files = await hub.listFiles(repo, commit, { signal });
    const { files: parts, sizeBytes } = findWeights(file, files);
    const header = await hub.readGgufHeader({ repo, commit, path: parts[0]?.path ?? path }, { signal });
    const shape = parts.length === 1 ? toRemoteShape(header) : toShapeOfSize(header, { sizeBytes, headerSizeBytes: sizeBytes });
    return this.#deps.service.estimateSubject({
      contextTokens: shape.contextTokens, bitsPerWeight: null, correction: 1, measuredCount: 0,
      estimate: async (question) => toShapeTable(shape, { ...question, isEmbedding: false }),
    }, load);
  }
}

/** The parts of the GGUF to which a file belongs. @throws hub.not_found, model.unreadable */
function findWeights({ repo, path }: RemoteFile, files: readonly HubFile[]): FileGroup {
  if (!files.some((one) => one.path === path)) throw new AppError('hub.not_found', 'no such file', { repo: `${repo}/${path}` });
  const group = groupHubFiles(files).groups.find((one) => one.files.some((part) => part.path === path));
  if (group?.kind !== 'gguf') throw new AppError('model.unreadable', 'no model in GGUF', { path, reason: group === undefined ? 'it is no whole model' : `it is ${group.kind}, not GGUF` });
  return group;
}
