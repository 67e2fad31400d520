import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { toMpsFolders, type MpsFolders } from './mpsFolders.ts';

/** The daemon that lets several programs share one GPU at the same time (NVIDIA MPS). */
export interface MpsControl {
  /** Starts the daemon of one device; it detaches itself. Resolves once it listens. @throws MpsFailure */
  start(gpuId: string): Promise<MpsFolders>;
  /** Ends the daemon of one device after its clients. Does nothing where none runs. @throws MpsFailure */
  stop(gpuId: string): Promise<void>;
  /** Whether the device's daemon answers. Does not reject. */
  isRunning(gpuId: string): Promise<boolean>;
}

/** The control program is missing, refused, or did not answer in time; `reason` is what it said. */
export class MpsFailure extends Error {
  readonly reason: string;

  constructor(reason: string, options?: ErrorOptions) {
    super(`MPS: ${reason}`, options);
    this.name = 'MpsFailure';
    this.reason = reason;
  }
}

interface MpsControlOptions {
  /** `nvidia-cuda-mps-control`, by name or path. */
  readonly program: string;
  /** Holds a folder a device; short, since the daemon's sockets lie in it. */
  readonly folder: string;
  /** What the daemon's environment is made from. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs?: number;
}

const run = promisify(execFile);

/**
 * Talks to `nvidia-cuda-mps-control`: `-d` starts the daemon, commands go to a second call's standard input.
 * Source: NVIDIA Multi-Process Service, "Tools and Interface Reference".
 */
export class NvidiaMpsControl implements MpsControl {
  readonly #options: MpsControlOptions;

  constructor(options: MpsControlOptions) {
    this.#options = options;
  }

  async start(gpuId: string): Promise<MpsFolders> {
    const folders = toMpsFolders(this.#options.folder, gpuId);
    await mkdir(folders.pipe, { recursive: true, mode: 0o700 });
    await mkdir(folders.log, { recursive: true, mode: 0o700 });
    if (await this.isRunning(gpuId)) return folders;
    try {
      await run(this.#options.program, ['-d'], { env: this.#environmentOf(gpuId), timeout: this.#timeoutMs });
    } catch (error) {
      throw new MpsFailure(reasonOf(error), { cause: error });
    }
    return folders;
  }

  async stop(gpuId: string): Promise<void> {
    if (await this.isRunning(gpuId)) await this.#ask(gpuId, 'quit');
  }

  async isRunning(gpuId: string): Promise<boolean> {
    try {
      await this.#ask(gpuId, 'get_server_list');
      return true;
    } catch (error) {
      if (error instanceof MpsFailure) return false;
      throw error;
    }
  }

  async #ask(gpuId: string, command: string): Promise<void> {
    const child = spawn(this.#options.program, [], { env: this.#environmentOf(gpuId), stdio: ['pipe', 'ignore', 'pipe'], timeout: this.#timeoutMs, killSignal: 'SIGKILL' });
    const said: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => { said.push(chunk); });
    child.stdin.on('error', () => undefined);
    child.stdin.end(`${command}\n`);
    try {
      const [code] = await once(child, 'close') as [number | null];
      if (code !== 0) throw new MpsFailure(Buffer.concat(said).toString('utf8').trim() || `ended with ${code ?? 'a signal'}`);
    } catch (error) {
      throw error instanceof MpsFailure ? error : new MpsFailure(reasonOf(error), { cause: error });
    }
  }

  #environmentOf(gpuId: string): NodeJS.ProcessEnv {
    const { pipe, log } = toMpsFolders(this.#options.folder, gpuId);
    return { ...this.#options.environment, CUDA_VISIBLE_DEVICES: gpuId, CUDA_MPS_PIPE_DIRECTORY: pipe, CUDA_MPS_LOG_DIRECTORY: log };
  }

  get #timeoutMs(): number {
    return this.#options.timeoutMs ?? 10_000;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const said = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr.trim() : '';
  return said === '' ? error.message : said;
}
