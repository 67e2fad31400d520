import { app, dialog, type BrowserWindow } from 'electron';
import type { Logger } from '../base/logger.ts';
import type { DesktopBackend } from './desktopBackend.ts';
import { fill, words } from './desktopWords.ts';
import { decideQuit } from './quitPolicy.ts';
import { saveSetting } from './saveSetting.ts';

const ANSWERS = ['stop', 'leave', 'cancel'] as const;
const CANCEL = ANSWERS.indexOf('cancel');

interface QuitFlowDeps {
  backend: DesktopBackend;
  log: Logger;
  getWindow: () => BrowserWindow | null;
}

/** Quits the app in one way, whoever asks: decides or asks about the runs, ends the backend, then exits. */
export class QuitFlow {
  readonly #deps: QuitFlowDeps;
  #state: 'open' | 'asking' | 'quitting' = 'open';

  constructor(deps: QuitFlowDeps) {
    this.#deps = deps;
  }

  /** True once nothing holds the app back any more. */
  get isQuitting(): boolean {
    return this.#state === 'quitting';
  }

  /** Asks for the end. Called again while it is asking or ending, it does nothing. */
  request(chosen: 'stop' | 'leave' | null = null): void {
    if (this.#state !== 'open') return;
    this.#state = 'asking';
    this.#run(chosen).catch((error: unknown) => {
      this.#deps.log.error('desktop.quit_failed', { error });
      app.exit(1);
    });
  }

  async #run(chosen: 'stop' | 'leave' | null): Promise<void> {
    const { backend } = this.#deps;
    const decision = decideQuit({ chosen, setting: backend.settings.get('window.onQuit'), liveCount: backend.liveCount });
    const runs = decision.kind === 'quit' ? decision.runs : await this.#ask();
    if (runs === 'cancel') {
      this.#state = 'open';
      return;
    }
    this.#state = 'quitting';
    this.#deps.getWindow()?.setProgressBar(2);
    await backend.stop({ runs });
    app.exit(0);
  }

  async #ask(): Promise<(typeof ANSWERS)[number]> {
    const { backend, getWindow } = this.#deps;
    const window = getWindow();
    const options = {
      type: 'question' as const,
      message: fill(words.quit.message, { count: backend.liveCount }),
      detail: words.quit.detail,
      buttons: ANSWERS.map((answer) => words.quit[answer]),
      defaultId: ANSWERS.indexOf('leave'),
      cancelId: CANCEL,
      checkboxLabel: words.quit.remember,
      noLink: true,
    };
    const { response, checkboxChecked } = await (window ? dialog.showMessageBox(window, options) : dialog.showMessageBox(options));
    const answer = ANSWERS[response] ?? 'cancel';
    if (checkboxChecked && answer !== 'cancel') saveSetting({ settings: backend.settings, log: this.#deps.log }, 'window.onQuit', answer);
    return answer;
  }
}
