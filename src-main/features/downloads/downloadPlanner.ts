import { AppError } from '#contract/errors.ts';
import type { DownloadSelection } from '#contract/downloads.ts';
import type { Hub, HubFile } from '../../platform/hub/hub.ts';
import { isSafePath } from './cacheLayout.ts';
import type { DownloadFile } from './downloadRecord.ts';
import { selectFiles, type FileChoice } from './fileSelection.ts';

export interface PullRequest { repo: string; revision: string; selection: DownloadSelection }
/** What a pull comes to. */
export interface PullPlan { commit: string; label: string; files: DownloadFile[] }

interface PlannerDeps {
  getHub: () => Pick<Hub, 'readModel' | 'listFiles'>;
  listChoices: (files: readonly HubFile[]) => readonly FileChoice[];
  /** The label that suits this machine; null where none is known. */
  recommend: (request: { repo: string; commit: string; files: readonly HubFile[] }) => Promise<string | null>;
}

/** Turns a request into a commit and its files. */
export class DownloadPlanner {
  readonly #deps: PlannerDeps;

  constructor(deps: PlannerDeps) {
    this.#deps = deps;
  }

  /** @throws hub errors, download.nothing_selected */
  async plan({ repo, revision, selection }: PullRequest): Promise<PullPlan> {
    const hub = this.#deps.getHub();
    const { commit } = await hub.readModel(repo, revision);
    const files = await hub.listFiles(repo, commit);
    const odd = files.find(({ path }) => !isSafePath(path));
    if (odd !== undefined) throw new AppError('hub.protocol', 'a file name that leaves its folder', { what: `the file name ${JSON.stringify(odd.path)}` });
    const choices = this.#deps.listChoices(files);
    const recommended = selection.kind === 'recommended' ? await this.#deps.recommend({ repo, commit, files }) : null;
    const { label, paths } = selectFiles({ selection, files, choices, recommended });
    if (paths.length === 0) throw new AppError('download.nothing_selected', 'no file is selected', { repo, wanted: label, labels: choices.map((choice) => choice.label) });
    const wanted = new Set(paths);
    return { commit, label, files: files.filter(({ path }) => wanted.has(path)).map(toDownloadFile) };
  }
}

function toDownloadFile({ path, sizeBytes, sha256, gitOid }: HubFile): DownloadFile {
  const digest = sha256 === null ? { algorithm: 'git' as const, hex: gitOid } : { algorithm: 'sha256' as const, hex: sha256 };
  return { path, sizeBytes, digest, sha256, status: 'queued', doneBytes: 0 };
}
