import type { Fit, LoadShape } from '#contract/fits.ts';
import type { Hub } from '../../../platform/hub/hub.ts';
import type { ModelRegistry } from '../registry/modelRegistry.ts';
import type { FitService } from './fitService.ts';
import { toRemoteShape } from './headerEstimator.ts';
import { estimateByShape } from './shapeEstimate.ts';

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

  /** Fetches the file's header and nothing of its weights. @throws what the hub throws, model.unreadable */
  async estimateRemote({ repo, revision, path }: RemoteFile, load: LoadShape, signal: AbortSignal | undefined): Promise<Fit> {
    const hub = this.#deps.getHub();
    const { commit } = await hub.readModel(repo, revision, { signal });
    const shape = toRemoteShape(await hub.readGgufHeader({ repo, commit, path }, { signal }));
    return this.#deps.service.estimateSubject({
      contextTokens: shape.contextTokens, bitsPerWeight: null, correction: 1, measuredCount: 0,
      estimate: async (question) => estimateByShape(shape, { ...question, isEmbedding: false }),
    }, load);
  }
}
