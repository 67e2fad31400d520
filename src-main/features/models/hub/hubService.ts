import { hasCode, type AppError, type ErrorCode } from '#contract/errors.ts';
import type { HubChoice, HubModel, HubPage } from '#contract/hub.ts';
import type { ModelFormat } from '#contract/models.ts';
import type { Logger } from '../../../base/logger.ts';
import type { GgufHeader } from '../../../platform/hub/gguf/ggufHeader.ts';
import type { Hub, HubCall, HubEntry, HubFile, HubQuery } from '../../../platform/hub/hub.ts';
import { groupHubFiles, type FileGroup } from './fileGroups.ts';
import type { LocalModels } from './localModels.ts';
import { chooseQuantisation } from './quantChoice.ts';
import { RecentValues } from './recentValues.ts';
import { estimateBySize, type FitEstimate, type MemoryBudget } from './sizeEstimate.ts';

export interface HubServiceDeps {
  /** The hub that is set now. */
  getHub: () => Hub;
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
    const hub = this.#deps.getHub();
    const toCount = (billions: number | undefined): number | undefined => (billions === undefined ? undefined : billions * BILLION);
    const { models, nextCursor } = await hub.search({ ...query, minParameters: toCount(minParametersBillions), maxParameters: toCount(maxParametersBillions) }, call);
    return { models: models.map((entry) => this.#toModel(entry)), nextCursor, endpoint: hub.endpoint };
  }

  /** The Markdown of a model's card. */
  async readCard({ repo, revision }: { repo: string; revision: string }, call?: HubCall): Promise<string> {
    return this.#deps.getHub().readCard(repo, revision, call);
  }

  /** What fits and which is recommended here, by one header and the sizes of all. */
  async readPage({ repo, revision }: { repo: string; revision: string }, call?: HubCall): Promise<HubPage> {
    const model = await this.#deps.getHub().readModel(repo, revision, call);
    const { commit, baseModels } = model;
    const files = await this.#files.getOrRead(`${repo}@${commit}`, () => this.#deps.getHub().listFiles(repo, commit, call));
    const { choices, others, reason, headerProblem } = await this.#judge({ repo, commit, files }, call);
    return { model: this.#toModel(model), revision, commit, baseModels, reason, choices, headerProblem, otherFiles: others.map(({ path, sizeBytes }) => ({ path, sizeBytes })) };
  }

  /** The label of what to pull here; null where there is nothing to choose from. */
  async recommend(repository: { repo: string; commit: string; files: readonly HubFile[] }, call?: HubCall): Promise<string | null> {
    const { choices } = await this.#judge(repository, call);
    return choices.find(({ isRecommended }) => isRecommended)?.label ?? null;
  }

  async #judge({ repo, commit, files }: { repo: string; commit: string; files: readonly HubFile[] }, call: HubCall | undefined): Promise<Judged> {
    const { groups, others } = groupHubFiles(files);
    const { header, headerSizeBytes, headerProblem } = await this.#readHeader({ repo, commit }, groups, call);
    const budget = await this.#deps.readBudget();
    const choices = await Promise.all(groups.map((group) => this.#toChoice({ group, header, headerSizeBytes, budget })));
    const { label, reason } = chooseQuantisation(toCandidates(choices), { hasGpu: budget.gpus.length > 0 });
    return { others, reason, headerProblem, choices: choices.map((choice) => ({ ...choice, isRecommended: choice.label === label && choice.kind !== 'mmproj' })) };
  }

  #toModel(entry: HubEntry): HubModel {
    const { repo, author, task, licence, tags, downloads, likes, updatedAtMs, gated, isPrivate, parameterCount } = entry;
    return { repo, author, task, licence, tags, downloads, likes, updatedAtMs, gated, isPrivate, parameterCount, formats: toFormats(tags), localCount: this.#deps.local.countOf(repo) };
  }

  /** One header stands for all quantisations of a model: only the sizes of their weights differ. */
  async #readHeader({ repo, commit }: { repo: string; commit: string }, groups: readonly FileGroup[], call: HubCall | undefined): Promise<ReadHeader & { headerProblem: string | null }> {
    const ggufs = groups.filter(({ kind }) => kind === 'gguf');
    const group = ggufs[Math.floor(ggufs.length / 2)];
    const path = group?.files[0]?.path;
    if (group === undefined || path === undefined) return { header: null, headerSizeBytes: 0, headerProblem: null };
    try {
      return { header: await this.#headers.getOrRead(`${repo}@${commit}/${path}`, () => this.#deps.getHub().readGgufHeader({ repo, commit, path }, call)), headerSizeBytes: group.sizeBytes, headerProblem: null };
    } catch (error) {
      if (!isReadProblem(error)) throw error;
      this.#deps.log.info('hub.header_unread', { repo, commit, path, code: error.code });
      return { header: null, headerSizeBytes: 0, headerProblem: error.code };
    }
  }

  async #toChoice({ group, header, headerSizeBytes, budget }: ReadHeader & { group: FileGroup; budget: MemoryBudget }): Promise<HubChoice> {
    const { kind, label, quantisation, files, sizeBytes } = group;
    const weights = { sizeBytes, headerSizeBytes, header: kind === 'gguf' ? header : null };
    return {
      kind, label, quantisation, sizeBytes, isRecommended: false,
      files: files.map((file) => ({ path: file.path, sizeBytes: file.sizeBytes })),
      fit: kind === 'mmproj' ? null : await (weights.header === null ? estimateBySize : this.#deps.estimate)(weights, budget),
      localVersionId: this.#deps.local.findVersion(files.flatMap(({ sha256 }) => sha256 ?? [])),
    };
  }
}

interface ReadHeader { header: GgufHeader | null; headerSizeBytes: number }
interface Judged { choices: HubChoice[]; others: readonly HubFile[]; reason: HubPage['reason']; headerProblem: string | null }

const readProblems: readonly ErrorCode[] = ['hub.gated', 'hub.unreachable', 'hub.rate_limited', 'hub.protocol', 'model.unreadable'];

/** What may keep a header from being read while the page can be shown. */
function isReadProblem(error: unknown): error is AppError {
  return readProblems.some((code) => hasCode(error, code));
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
