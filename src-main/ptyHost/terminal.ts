import type { Clock } from '../base/clock.ts';
import { Emitter } from '../base/emitter.ts';
import type { TerminalFrame } from '#contract/terminalFrames.ts';
import type { HostedTerminal, HostEvent, SpawnRequest, TerminalState } from '../platform/pty/hostProtocol.ts';
import { openPty } from '../platform/pty/nodePty.ts';
import type { Pty } from '../platform/pty/nodePty.ts';
import { ByteRing } from './byteRing.ts';
import { Channel } from './channel.ts';
import type { ChannelSource } from './channel.ts';
import type { DrainPacer } from './drainPacer.ts';
import { DEFAULT_LOG_LIMITS, LogWriter } from './logWriter.ts';
import type { MirrorScheduler } from './mirrorScheduler.ts';
import { ScreenMirror } from './screenMirror.ts';

const RING_BYTES = 4 * 1024 * 1024;
const SCROLLBACK_LINES = 2_000;
/** How long the news of an exit waits for the log to be complete on disk. */
const LOG_FLUSH_MS = 2_000;

/** One PTY with its output: drained always, into the ring, the log and the mirror; windows read the ring at their own pace. */
export class Terminal implements ChannelSource {
  readonly ring = new ByteRing(RING_BYTES);
  readonly #deps: { request: SpawnRequest; clock: Clock; scheduler: MirrorScheduler; pacer: DrainPacer };
  readonly #channels = new Set<Channel>();
  readonly #log: LogWriter | null;
  readonly #mirror: ScreenMirror;
  readonly #pty: Pty;
  readonly #startedAtMs: number;
  readonly #didHappen = new Emitter<HostEvent>();
  #state: TerminalState = { kind: 'running' };
  #title = '';

  readonly onDidHappen = this.#didHappen.event;

  /** @throws Error when the system gives no PTY. */
  constructor(deps: { request: SpawnRequest; clock: Clock; scheduler: MirrorScheduler; pacer: DrainPacer }) {
    this.#deps = deps;
    const { request, clock } = deps;
    this.#startedAtMs = clock.nowMs();
    this.#log = request.logPath === null ? null : new LogWriter({
      path: request.logPath, clock, limits: DEFAULT_LOG_LIMITS,
      onDidFail: (error) => { this.#didHappen.fire({ event: 'logFailed', terminalId: request.terminalId, error }); },
    });
    this.#mirror = new ScreenMirror({
      ring: this.ring, columns: request.columns, rows: request.rows, scrollbackLines: SCROLLBACK_LINES,
      onReply: (reply) => { this.#replyWithoutWindow(reply); },
    });
    this.#pty = openPty({ ...request, onData: (chunk) => { this.#take(chunk); }, onExit: (exit) => { this.#exit(exit); } });
  }

  get pid(): number {
    return this.#pty.pid;
  }

  get isOver(): boolean {
    return this.#state.kind === 'exited';
  }

  get isMirrorCaughtUp(): boolean {
    return this.#mirror.isCaughtUp;
  }

  describe(): HostedTerminal {
    const { terminalId, mark, logPath } = this.#deps.request;
    return {
      terminalId, pid: this.pid, mark, title: this.#title, ...this.#mirror.size, startedAtMs: this.#startedAtMs, state: this.#state,
      outputBytes: this.ring.endOffset, logPath, logError: this.#log?.error ?? null, logDroppedBytes: this.#log?.droppedBytes ?? 0,
    };
  }

  write(bytes: Uint8Array): void {
    if (!this.isOver) this.#pty.write(bytes);
  }

  resize(columns: number, rows: number): void {
    const { size } = this.#mirror;
    if (this.isOver || (size.columns === columns && size.rows === rows)) return;
    this.#pty.resize(columns, rows);
    this.#mirror.resize(columns, rows);
  }

  tail(maxBytes: number): Buffer {
    return this.ring.read(Math.max(0, this.ring.endOffset - maxBytes), maxBytes);
  }

  hangUp(): void {
    if (!this.isOver) this.#pty.hangUp();
  }

  openChannel(channelId: number, send: (frame: Uint8Array) => void): Channel {
    const channel = new Channel({ channelId, source: this, clock: this.#deps.clock, send });
    this.#channels.add(channel);
    channel.flush();
    return channel;
  }

  closeChannel(channel: Channel): void {
    channel.dispose();
    this.#channels.delete(channel);
  }

  snapshot(): { bytes: Buffer; offset: number } | null {
    const isBehind = this.#mirror.offset < this.ring.startOffset;
    return this.#mirror.isFeeding || isBehind ? null : { bytes: this.#mirror.snapshot(), offset: this.#mirror.offset };
  }

  toAttachedFrame(channelId: number): TerminalFrame {
    const { terminalId } = this.#deps.request;
    const state = this.#state.kind;
    return { kind: 'attached', channelId, payload: { terminalId, ...this.#mirror.size, title: this.#title, state, canInput: !this.isOver } };
  }

  toExitFrame(channelId: number): TerminalFrame {
    const { exitCode, signal } = this.#state.kind === 'exited' ? this.#state : { exitCode: null, signal: null };
    return { kind: 'exit', channelId, payload: { exitCode, signal } };
  }

  async dispose(): Promise<void> {
    this.hangUp();
    for (const channel of [...this.#channels]) this.closeChannel(channel);
    this.#deps.scheduler.forget(this.#mirror);
    this.#mirror.dispose();
    await this.#log?.close();
  }

  #take(chunk: Buffer): void {
    this.#deps.pacer.take(this.#pty, chunk.length);
    this.ring.append(chunk);
    this.#log?.append(chunk);
    this.#wakeMirror();
    for (const channel of this.#channels) channel.wake();
  }

  #wakeMirror(): void {
    this.#deps.scheduler.wake(this.#mirror, () => { this.#onDidFeedMirror(); });
  }

  #onDidFeedMirror(): void {
    const { terminalId } = this.#deps.request;
    if (this.#mirror.title !== this.#title) {
      this.#title = this.#mirror.title;
      this.#didHappen.fire({ event: 'title', terminalId, title: this.#title });
    }
    if (this.#mirror.takeBell()) this.#didHappen.fire({ event: 'bell', terminalId });
    for (const channel of this.#channels) channel.onDidFeedMirror();
  }

  /** Programs ask the terminal about itself; a window answers, and the mirror only where there is none. */
  #replyWithoutWindow(reply: string): void {
    if (this.#channels.size === 0) this.write(Buffer.from(reply));
  }

  #exit(exit: { exitCode: number; signal: number | null }): void {
    const atMs = this.#deps.clock.nowMs();
    this.#deps.pacer.forget(this.#pty);
    this.#state = { kind: 'exited', ...exit, atMs };
    this.#wakeMirror();
    for (const channel of this.#channels) channel.flush();
    let isTold = false;
    const tell = (): void => {
      if (isTold) return;
      isTold = true;
      cancel();
      this.#didHappen.fire({ event: 'exited', terminalId: this.#deps.request.terminalId, ...exit, atMs });
    };
    const cancel = this.#deps.clock.after(LOG_FLUSH_MS, tell);
    void (this.#log?.close() ?? Promise.resolve()).then(tell, tell);
  }
}
