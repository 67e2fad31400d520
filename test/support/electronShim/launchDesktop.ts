import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { waitFor } from '../waitFor.ts';
import type { ControlCommands } from './control.ts';

const STOP_MS = 15_000;
const REGISTER = fileURLToPath(new URL('./register.ts', import.meta.url));

interface LaunchOptions {
  /** The bundle or source of the main process. */
  mainPath: string;
  userDataPath: string;
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** For a packed app: its resources folder, which the process sees as Electron's. */
  resourcesPath?: string;
}

type Answer<C extends keyof ControlCommands> = Awaited<ReturnType<ControlCommands[C]>>;
type Argument<C extends keyof ControlCommands> = Parameters<ControlCommands[C]> extends [infer A] ? [argument: A] : [];

/** A running desktop application: the real main and preload on the stand-in, driven from a test. */
export class DesktopApp {
  readonly process: ChildProcess;
  /** Resolves with the exit code; a signal counts as -1. */
  readonly exited: Promise<number>;
  #output = '';
  #lastControl = 0;
  #browser: Browser | null = null;

  constructor(child: ChildProcess) {
    this.process = child;
    this.exited = once(child, 'exit').then(([code]) => (code as number | null) ?? -1);
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => { this.#output += chunk.toString(); });
  }

  /** Everything the process has printed. */
  get output(): string {
    return this.#output;
  }

  /** Asks the application's process; see `control.ts` for what there is. */
  async ask<C extends keyof ControlCommands>(command: C, ...[argument]: Argument<C>): Promise<Answer<C>> {
    this.#lastControl += 1;
    const control = this.#lastControl;
    const answered = new Promise<{ value?: Answer<C>; error?: string }>((resolve) => {
      const listen = (message: { control?: number; value?: Answer<C>; error?: string }): void => {
        if (message.control !== control) return;
        this.process.off('message', listen);
        resolve(message);
      };
      this.process.on('message', listen);
    });
    this.process.send({ control, command, argument });
    const gone = this.exited.then((code) => ({ error: `the application ended with ${code}: ${this.#output}` }));
    const answer = await Promise.race([answered, gone]);
    if (answer.error !== undefined) throw new Error(answer.error);
    return (answer as { value: Answer<C> }).value;
  }

  /** The page whose address Chromium shows contains this text, as Playwright of this process sees it. */
  async findPage(addressPart: string, { timeoutMs = 20_000, except }: { timeoutMs?: number; except?: Page } = {}): Promise<Page> {
    this.#browser ??= await chromium.connectOverCDP(await this.ask('endpoint'));
    const browser = this.#browser;
    return waitFor(() => browser.contexts().flatMap((context) => context.pages()).find((page) => page !== except && page.url().includes(addressPart)), {
      timeoutMs, what: `a page at ${addressPart}; the application printed ${this.#output}`,
    });
  }

  /** Calls of one kind that the application made of the desktop. */
  async findCalls(api: string): Promise<unknown[][]> {
    const calls = await this.ask('calls') as { api: string; args: unknown[] }[];
    return calls.filter((call) => call.api === api).map(({ args }) => args);
  }

  /** kill -9: nothing of the application gets a last word. Its Chromium goes with it. */
  async kill(): Promise<void> {
    await this.#browser?.close();
    this.#browser = null;
    this.process.kill('SIGKILL');
    await this.exited;
  }

  /** Ends the process if it still runs; resolves when it has gone. */
  async stop(): Promise<void> {
    await this.#browser?.close();
    this.#browser = null;
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    this.process.kill('SIGTERM');
    const isGone = await Promise.race([this.exited.then(() => true), delay(STOP_MS, false, { ref: false })]);
    if (!isGone) this.process.kill('SIGKILL');
    await this.exited;
  }
}

/**
 * Starts an Electron main process on the stand-in, on this process's Node. In a packed app links keep their own place,
 * as unpacked files keep theirs inside the archive.
 */
export function launchDesktop({ mainPath, userDataPath, args = [], env = {}, resourcesPath }: LaunchOptions): DesktopApp {
  const packed = resourcesPath === undefined ? {} : { SHIM_IS_PACKAGED: '1', SHIM_RESOURCES: resourcesPath };
  const links = resourcesPath === undefined ? [] : ['--preserve-symlinks', '--preserve-symlinks-main'];
  const child = spawn(process.execPath, [...links, '--import', REGISTER, mainPath, ...args], {
    env: { ...process.env, SHIM_USER_DATA: userDataPath, ...packed, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  return new DesktopApp(child);
}
