import { hasCode } from '#contract/errors.ts';
import type { HubChoice, HubModel, HubPage } from '#contract/hub.ts';
import type { ModelVersionId } from '#contract/modelIds.ts';
import type { ModelFormat } from '#contract/models.ts';
import type { Logger } from '../../../base/logger.ts';
import type { GgufHeader } from '../../../platform/hub/gguf/ggufHeader.ts';
import type { Hub, HubCall, HubEntry, HubFile, HubQuery, HubRepo } from '../../../platform/hub/hub.ts';
import { groupHubFiles, type FileGroup } from './fileGroups.ts';
import { chooseQuantisation } from './quantChoice.ts';
import { RecentValues } from './recentValues.ts';
import { estimateBySize, type ChoiceFit, type FitEstimate, type MemoryBudget } from './sizeEstimate.ts';

/** What of the hub is on this machine already. */
export interface LocalModels {
  countOf(repo: string): number;
  /** The version of this repository whose weights have these digests. */
  findVersion(repo: string, sha256s: readonly string[]): ModelVersionId | null;
}

export interface HubServiceDeps {
  hub: Hub;
  local: LocalModels;
  readBudget: () => MemoryBudget | Promise<MemoryBudget>;
  /** By a model's header; sizes alone decide where the header cannot be read. */
  estimate: FitEstimate;
  log: Logger;
}

export type HubSearch = Omit<HubQuery, 'minParameters' | 'maxParameters'> & { minParametersBillions?: number | undefined; maxParametersBillions?: number | undefined };

const KEPT_COMMITS = 30;
const BILLION = 1e9;

/** Finds models on the hub and says what of them fits here. */
export class HubService {
  readonly #deps: HubServiceDeps;
  /** A commit never changes, so what was read of it stays true. */
  readonly #files = new RecentValues<readonly HubFile[]>(KEPT_COMMITS);
  readonly #headers = new RecentValues<GgufHeader>(KEPT_COMMITS);

  constructor(deps: HubServiceDeps) {
    this.#deps = deps;
  }

  async search({ minParametersBillions, maxParametersBillions, ...query }: HubSearch, call?: HubCall): Promise<{ models: HubModel[]; nextCursor: string | null; endpoint: string }> {
    const { hub } = this.#deps;
    const toCount = (billions: number | undefined): number | undefined => (billions === undefined ? undefined : billions * BILLION);
    const { models, nextCursor } = await hub.search({ ...query, minParameters: toCount(minParametersBillions), maxParameters: toCount(maxParametersBillions) }, call);
    return { models: models.map((entry) => this.#toModel(entry)), nextCursor, endpoint: hub.endpoint };
  }

  /** The Markdown of a model's card. */
  async readCard({ repo, revision }: { repo: string; revision: string }, call?: HubCall): Promise<string> {
    return this.#deps.hub.readCard(repo, revision, call);
  }

  /** The files of a revision as what one would pull as one, without fits. */
  async listGroups({ repo, revision }: { repo: string; revision: string }, call?: HubCall): Promise<{ commit: string; groups: readonly FileGroup[]; others: readonly HubFile[] }> {
    const { commit } = await this.#deps.hub.readModel(repo, revision, call);
    return { commit, ...groupHubFiles(await this.#readFiles(repo, commit, call)) };
  }

  /** What fits and which is recommended here, by one header and the sizes of all. */
  async readPage({ repo, revision }: { repo: string; revision: string }, call?: HubCall): Promise<HubPage> {
    const model = await this.#deps.hub.readModel(repo, revision, call);
    const { groups, others } = groupHubFiles(await this.#readFiles(repo, model.commit, call));
    const { header, problem } = await this.#readHeader(model, groups, call);
    const choices = await this.#toChoices(repo, groups, header);
    const hasGpu = (await this.#deps.readBudget()).gpus.length > 0;
    const chosen = chooseQuantisation(toCandidates(choices), { hasGpu });
    return {
      model: this.#toModel(model), revision, commit: model.commit, baseModels: model.baseModels, reason: chosen.reason, headerProblem: problem,
      choices: choices.map((choice) => ({ ...choice, isRecommended: choice.label === chosen.label && choice.kind !== 'mmproj' })),
      otherFiles: others.map(({ path, sizeBytes }) => ({ path, sizeBytes })),
    };
  }

  #toModel(entry: HubEntry | HubRepo): HubModel {
    const { repo, author, task, licence, tags, downloads, likes, updatedAtMs, gated, isPrivate, parameterCount } = entry;
    return { repo, author, task, licence, tags, downloads, likes, updatedAtMs, gated, isPrivate, parameterCount, formats: toFormats(tags), localCount: this.#deps.local.countOf(repo) };
  }

  async #readFiles(repo: string, commit: string, call: HubCall | undefined): Promise<readonly HubFile[]> {
    return this.#files.getOrRead(`${repo}@${commit}`, () => this.#deps.hub.listFiles(repo, commit, call));
  }

  /** One header stands for all quantisations of a model: only the sizes of their weights differ. */
  async #readHeader({ repo, commit }: HubRepo, groups: readonly FileGroup[], call: HubCall | undefined): Promise<{ header: GgufHeader | null; problem: string | null }> {
    const ggufs = groups.filter(({ kind }) => kind === 'gguf');
    const path = ggufs[Math.floor(ggufs.length / 2)]?.files[0]?.path;
    if (path === undefined) return { header: null, problem: null };
    try {
      return { header: await this.#headers.getOrRead(`${repo}@${commit}/${path}`, () => this.#deps.hub.readGgufHeader({ repo, commit, path }, call)), problem: null };
    } catch (error) {
      const isExpected = hasCode(error, 'hub.gated') || hasCode(error, 'model.unreadable') || hasCode(error, 'hub.unreachable') || hasCode(error, 'hub.protocol') || hasCode(error, 'hub.rate_limited');
      if (!isExpected) throw error;
      this.#deps.log.info('hub.header_unread', { repo, commit, path, code: error.code });
      return { header: null, problem: error.code };
    }
  }

  async #toChoices(repo: string, groups: readonly FileGroup[], header: GgufHeader | null): Promise<HubChoice[]> {
    const budget = await this.#deps.readBudget();
    return Promise.all(groups.map(async ({ kind, label, quantisation, files, sizeBytes }) => {
      const fit = kind === 'mmproj' ? null : await this.#estimate({ sizeBytes, header: kind === 'gguf' ? header : null }, budget);
      const sha256s = files.flatMap(({ sha256 }) => sha256 ?? []);
      return {
        kind, label, quantisation, sizeBytes, isRecommended: false, fit,
        files: files.map((file) => ({ path: file.path, sizeBytes: file.sizeBytes })), localVersionId: this.#deps.local.findVersion(repo, sha256s),
      };
    }));
  }

  async #estimate(weights: { sizeBytes: number; header: GgufHeader | null }, budget: MemoryBudget): Promise<ChoiceFit> {
    return weights.header === null ? estimateBySize(weights, budget) : this.#deps.estimate(weights, budget);
  }
}

/** The quantisations; where there is no GGUF, the other weights that are not pickled. */
function toCandidates(choices: readonly HubChoice[]): Parameters<typeof chooseQuantisation>[0] {
  const ggufs = choices.filter(({ kind }) => kind === 'gguf');
  const whole = choices.filter(({ kind }) => kind === 'safetensors');
  return (ggufs.length > 0 ? ggufs : whole).map(({ label, quantisation, sizeBytes, fit }) => ({ label, quantisation, sizeBytes, verdict: fit?.verdict ?? 'unknown' }));
}

function toFormats(tags: readonly string[]): ModelFormat[] {
  const formats: Record<string, ModelFormat> = { gguf: 'gguf', safetensors: 'safetensors', onnx: 'onnx', pytorch: 'pickle' };
  return [...new Set(tags.flatMap((tag) => formats[tag] ?? []))];
}
