import type { ServedModel } from '#contract/serving.ts';

/** One request that has ended. */
export interface MetricFact {
  readonly model: string;
  readonly endpoint: string;
  readonly status: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly firstTokenMs: number | null;
  readonly totalMs: number;
}

/** What stands now. */
export interface MetricState {
  readonly models: readonly ServedModel[];
  readonly runningCount: number;
}

type Labels = Readonly<Record<string, string>>;
interface Histogram { readonly labels: Labels; readonly counts: number[]; sum: number; count: number }

const SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
const STATES: readonly ServedModel['state'][] = ['unloaded', 'queued', 'loading', 'ready', 'busy', 'draining', 'unloading', 'failed'];

/** Counts what the port did since the start, for Prometheus. Models are those of configurations, so that the labels stay few. */
export class ServingMetrics {
  readonly #requests = new Map<string, { labels: Labels; value: number }>();
  readonly #tokens = new Map<string, { labels: Labels; value: number }>();
  readonly #firstToken = new Map<string, Histogram>();
  readonly #duration = new Map<string, Histogram>();
  readonly #unloads = new Map<string, number>();

  add({ model, endpoint, status, promptTokens, completionTokens, firstTokenMs, totalMs }: MetricFact): void {
    count(this.#requests, { model, endpoint, status: String(status) }, 1);
    count(this.#tokens, { model, kind: 'prompt' }, promptTokens);
    count(this.#tokens, { model, kind: 'completion' }, completionTokens);
    if (firstTokenMs !== null) observe(this.#firstToken, { model }, firstTokenMs / 1_000);
    observe(this.#duration, { model }, totalMs / 1_000);
  }

  /** An engine has gone, whatever for. */
  addUnload(model: string): void {
    this.#unloads.set(model, (this.#unloads.get(model) ?? 0) + 1);
  }

  /** In Prometheus' text format 0.0.4. */
  render({ models, runningCount }: MetricState): string {
    const perModel = (read: (model: ServedModel) => number | null): Sample[] => models.flatMap((model) => { const value = read(model); return value === null ? [] : [{ labels: { model: model.name, engine: model.engine }, value }]; });
    return [
      renderFamily('wheelhouse_serving_requests_total', 'counter', 'Requests that have ended, by the status that the client was told; 499 when it had gone.', [...this.#requests.values()]),
      renderFamily('wheelhouse_serving_tokens_total', 'counter', 'Tokens as clients were told them.', [...this.#tokens.values()]),
      renderHistogram('wheelhouse_serving_first_token_seconds', 'Time from the request to its first token, loading and waiting included.', [...this.#firstToken.values()]),
      renderHistogram('wheelhouse_serving_request_seconds', 'Time from the request to its end.', [...this.#duration.values()]),
      renderFamily('wheelhouse_serving_requests_running', 'gauge', 'Requests that are under way, waiting ones too.', [{ labels: {}, value: runningCount }]),
      renderFamily('wheelhouse_serving_queue_length', 'gauge', 'Requests that wait for a slot.', perModel(({ queuedCount }) => queuedCount)),
      renderFamily('wheelhouse_serving_busy_slots', 'gauge', 'Slots in use.', perModel(({ busySlots }) => busySlots)),
      renderFamily('wheelhouse_serving_slots', 'gauge', 'Slots of a loaded model.', perModel(({ slots, state }) => (state === 'unloaded' ? null : slots))),
      renderFamily('wheelhouse_serving_loads_total', 'counter', 'Loads.', perModel(({ loadCount }) => loadCount)),
      renderFamily('wheelhouse_serving_unloads_total', 'counter', 'Unloads.', Array.from(this.#unloads, ([model, value]) => ({ labels: { model }, value }))),
      renderFamily('wheelhouse_serving_crashes_total', 'counter', 'Engines that ended by themselves.', perModel(({ crashCount }) => crashCount)),
      renderFamily('wheelhouse_serving_load_seconds', 'gauge', 'How long the last load took.', perModel(({ loadMs }) => (loadMs === null ? null : loadMs / 1_000))),
      renderFamily('wheelhouse_serving_tokens_per_second', 'gauge', 'Tokens written per second in the last minute.', perModel(({ tokensPerSecond }) => tokensPerSecond)),
      renderFamily('wheelhouse_serving_booked_bytes', 'gauge', 'GPU memory that is booked for a model.', perModel(({ bookedBytes }) => bookedBytes)),
      renderFamily('wheelhouse_serving_model_state', 'gauge', 'The state of a model: 1 for the one it is in.', models.flatMap((model) => STATES.map((state) => ({ labels: { model: model.name, state }, value: Number(model.state === state) })))),
    ].join('');
  }
}

interface Sample { readonly labels: Labels; readonly value: number }

function count(family: Map<string, { labels: Labels; value: number }>, labels: Labels, by: number): void {
  const key = JSON.stringify(labels);
  const sample = family.get(key) ?? { labels, value: 0 };
  family.set(key, sample);
  sample.value += by;
}

function observe(family: Map<string, Histogram>, labels: Labels, seconds: number): void {
  const key = JSON.stringify(labels);
  const histogram = family.get(key) ?? { labels, counts: SECONDS.map(() => 0), sum: 0, count: 0 };
  family.set(key, histogram);
  SECONDS.forEach((limit, index) => { if (seconds <= limit) histogram.counts[index] = (histogram.counts[index] ?? 0) + 1; });
  histogram.sum += seconds;
  histogram.count += 1;
}

function renderFamily(name: string, type: 'counter' | 'gauge', help: string, samples: readonly Sample[]): string {
  return samples.length === 0 ? '' : [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples.map(({ labels, value }) => `${name}${renderLabels(labels)} ${value}`), ''].join('\n');
}

function renderHistogram(name: string, help: string, histograms: readonly Histogram[]): string {
  if (histograms.length === 0) return '';
  const lines = histograms.flatMap(({ labels, counts, sum, count: total }) => [
    ...SECONDS.map((limit, index) => `${name}_bucket${renderLabels({ ...labels, le: String(limit) })} ${counts[index] ?? 0}`),
    `${name}_bucket${renderLabels({ ...labels, le: '+Inf' })} ${total}`, `${name}_sum${renderLabels(labels)} ${sum}`, `${name}_count${renderLabels(labels)} ${total}`,
  ]);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`, ...lines, ''].join('\n');
}

function renderLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
