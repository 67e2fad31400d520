import type { ModelConfig } from '#contract/modelConfigs.ts';
import type { ServingRequest, WaitReason } from '#contract/serving.ts';
import type { Clock } from '../../../../base/clock.ts';
import type { SlotLoss } from '../../scheduler/schedulerPort.ts';
import { toTokenRate } from '../../tokenRate.ts';
import { CLIENT_GONE_STATUS, type PortProblem } from '../portError.ts';

/** What is known of a request when it arrives. */
export interface ExchangeFacts {
  readonly endpoint: string;
  /** The name that the client used. */
  readonly model: string;
  readonly config: ModelConfig | null;
  readonly keyId: string | null;
  readonly keyName: string;
  readonly client: string | null;
  readonly isStream: boolean;
}

/** Tokens as the client was told them. */
export interface ExchangeUsage { readonly promptTokens: number; readonly completionTokens: number; readonly cachedTokens: number }

/** Why a request ended before its time. */
export type StopCause = 'client_gone' | 'cancelled' | 'shutting_down';

/** Aborts a request that somebody stopped. */
export class ExchangeStopped extends Error {
  readonly stopCause: StopCause;

  constructor(stopCause: StopCause) {
    super(`the request was stopped: ${stopCause}`);
    this.stopCause = stopCause;
  }
}

/** Aborts a request whose engine answers no more. */
export class SlotLost extends Error {
  readonly loss: SlotLoss;

  constructor(loss: SlotLoss) {
    super(`the request lost its slot: ${loss}`);
    this.loss = loss;
  }
}

const NO_USAGE: ExchangeUsage = { promptTokens: 0, completionTokens: 0, cachedTokens: 0 };

/** More than any model reads or writes at once. */
const MOST_TOKENS = 1e9;

type Phase = ServingRequest['state'];

/** One request at the port, from its arrival to its end. */
export class Exchange {
  readonly id: string;
  readonly facts: ExchangeFacts;
  readonly #clock: Clock;
  readonly #onChange: () => void;
  readonly #abort = new AbortController();
  readonly #arrivedAtMs: number;
  readonly #arrivedMs: number;
  #phase: Phase = 'queued';
  #waitReason: WaitReason | null = null;
  #startedMs: number | null = null;
  #firstTokenMs: number | null = null;
  #heardAtMs: number | null = null;
  #endedMs: number | null = null;
  #usage: ExchangeUsage = NO_USAGE;
  #sentTokens = 0;
  #status: number | null = null;
  #problem: PortProblem | null = null;

  constructor({ id, facts, clock, onChange }: { id: string; facts: ExchangeFacts; clock: Clock; onChange: () => void }) {
    this.id = id;
    this.facts = facts;
    this.#clock = clock;
    this.#onChange = onChange;
    this.#arrivedAtMs = clock.nowMs();
    this.#arrivedMs = clock.monotonicMs();
  }

  /** Aborted with what ended it before its time, the first of it: an ExchangeStopped or a SlotLost. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get stopCause(): StopCause | null {
    const reason: unknown = this.signal.reason;
    return reason instanceof ExchangeStopped ? reason.stopCause : null;
  }

  get httpStatus(): number | null {
    return this.#status;
  }

  get isGenerating(): boolean {
    return this.#phase === 'generating';
  }

  /** What came of it: stopped by its client, by whoever cancelled it or by our own end is no failure. */
  get outcome(): 'done' | 'failed' | 'stopped' {
    if (this.#phase === 'done') return 'done';
    return this.#phase === 'cancelled' ? 'stopped' : 'failed';
  }

  get usage(): ExchangeUsage {
    return this.#usage;
  }

  get totalMs(): number {
    return (this.#endedMs ?? this.#clock.monotonicMs()) - this.#arrivedMs;
  }

  /** When the engine last sent a piece of the answer, on the clock that only grows; null while it has not. */
  get heardAtMs(): number | null {
    return this.#heardAtMs;
  }

  /** From the arrival; null while there was none. */
  get firstTokenMs(): number | null {
    return this.#firstTokenMs === null ? null : this.#firstTokenMs - this.#arrivedMs;
  }

  stop(cause: StopCause): void {
    this.#abort.abort(new ExchangeStopped(cause));
  }

  lose(loss: SlotLoss): void {
    this.#abort.abort(new SlotLost(loss));
  }

  wait(reason: WaitReason): void {
    this.#phase = reason.kind === 'loading' ? 'waiting_load' : 'queued';
    this.#waitReason = reason;
    this.#onChange();
  }

  /** It has a slot. */
  begin(): void {
    this.#phase = 'prefill';
    this.#waitReason = null;
    this.#startedMs = this.#clock.monotonicMs();
    this.#onChange();
  }

  /** A piece of the answer went out. */
  noteTokens(sentTokens: number): void {
    this.#sentTokens = toCount(sentTokens);
    this.#heardAtMs = this.#clock.monotonicMs();
    if (this.#firstTokenMs !== null || sentTokens === 0) return;
    this.#firstTokenMs = this.#heardAtMs;
    this.#phase = 'generating';
    this.#onChange();
  }

  /** Engines may say anything: what is kept are counts. */
  setUsage({ promptTokens, completionTokens, cachedTokens }: ExchangeUsage): void {
    this.#usage = { promptTokens: toCount(promptTokens), completionTokens: toCount(completionTokens), cachedTokens: toCount(cachedTokens) };
  }

  /** What its client is told, or would have been. */
  noteProblem(problem: PortProblem): void {
    this.#problem = problem;
  }

  end(status: number): void {
    this.#endedMs = this.#clock.monotonicMs();
    this.#status = status;
    this.#waitReason = null;
    const isStopped = status === CLIENT_GONE_STATUS || this.stopCause !== null;
    this.#phase = status < 400 ? 'done' : isStopped ? 'cancelled' : 'failed';
    this.#onChange();
  }

  /** Its place in the queue is the scheduler's to say. */
  describe(): ServingRequest {
    const { endpoint, model, config, keyName, client, isStream } = this.facts;
    const isEnded = this.#endedMs !== null;
    return {
      id: this.id, endpoint, model, configId: config?.id ?? null, keyName, client, isStream, state: this.#phase, waitReason: this.#waitReason, position: null,
      arrivedAtMs: this.#arrivedAtMs, startedAtMs: this.#toWall(this.#startedMs), firstTokenAtMs: this.#toWall(this.#firstTokenMs), endedAtMs: this.#toWall(this.#endedMs),
      promptTokens: isEnded ? this.#usage.promptTokens : null, completionTokens: isEnded ? this.#usage.completionTokens : this.#sentTokens,
      tokensPerSecond: this.#tokensPerSecond(), httpStatus: this.#status, error: this.#problem === null ? null : { code: this.#problem.code, message: this.#problem.message },
    };
  }

  #tokensPerSecond(): number | null {
    if (this.#firstTokenMs === null) return null;
    return toTokenRate(Math.max(this.#usage.completionTokens, this.#sentTokens) - 1, (this.#endedMs ?? this.#clock.monotonicMs()) - this.#firstTokenMs);
  }

  #toWall(monotonicMs: number | null): number | null {
    return monotonicMs === null ? null : Math.round(this.#arrivedAtMs + monotonicMs - this.#arrivedMs);
  }
}

function toCount(value: number): number {
  return Math.min(Math.max(0, Math.round(value)), MOST_TOKENS);
}
