import type { Gpu, GpuReading } from '#contract/gpus.ts';
import type { GpuHistoryRange, GpuSeries } from '#contract/gpuHistory.ts';
import { gpuId as gpuIdSchema, type GpuId } from '#contract/ids.ts';
import type { Clock } from '../../../base/clock.ts';
import type { Disposable } from '../../../base/disposables.ts';
import type { Event } from '../../../base/emitter.ts';
import type { Logger } from '../../../base/logger.ts';
import { downsample, planSteps, type Steps } from './downsample.ts';
import { COLUMN_COUNT, ColumnMean, HISTORY_COLUMNS, toColumns } from './historyColumns.ts';
import type { HistoryRepository } from './historyRepository.ts';
import { HOUR_MS, HourBlock, MINUTE_MS } from './hourBlock.ts';
import { SampleRing, type VisitSample } from './sampleRing.ts';

interface HistoryDeps {
  readonly repository: Pick<HistoryRepository, 'listDevices' | 'read' | 'readHour' | 'save' | 'keepOnly'>;
  readonly onDidRead: Event<GpuReading>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly isReadOnly: boolean;
}

/** One device's newest samples, and the minute and hour that are being measured. */
interface Course {
  readonly id: GpuId;
  readonly name: string;
  readonly ring: SampleRing;
  readonly mean: ColumnMean;
  minute: number;
  block: HourBlock;
}

const RING_SAMPLES = 3_600;
const SECOND_MS = 1_000;
/** Without a window the driver is asked every five seconds; twice that is a gap. */
const RING_HOLD_MS = 12_000;
/** Minutes stand on the minute, so one that is missing was not measured. */
const MINUTE_HOLD_MS = 0;
const KEEP_HOURS = 30 * 24;
const PRUNE_MS = HOUR_MS;

/** Remembers every reading for an hour, and every minute for 30 days. */
export class HistoryService {
  readonly #deps: HistoryDeps;
  readonly #courses = new Map<GpuId, Course>();
  #subscription: Disposable | null = null;
  #stopPruning: (() => void) | null = null;

  constructor(deps: HistoryDeps) {
    this.#deps = deps;
  }

  start(): void {
    if (this.#subscription !== null) return;
    this.#subscription = this.#deps.onDidRead((reading) => { this.#add(reading); });
    this.#stopPruning = this.#deps.clock.every(PRUNE_MS, () => { this.#prune(); });
    this.#prune();
  }

  /** Writes the minutes that are not written yet. */
  stop(): void {
    this.#subscription?.dispose();
    this.#subscription = null;
    this.#stopPruning?.();
    this.#stopPruning = null;
    for (const course of this.#courses.values()) this.#endMinute(course);
  }

  /** The course of one device or of all, in at most so many steps. */
  query({ gpuId, fromMs, toMs, points }: { gpuId?: GpuId | undefined; fromMs: number; toMs: number; points: number }): GpuHistoryRange {
    const isRecent = this.#isInRings(fromMs, gpuId);
    const steps = planSteps({ fromMs, toMs: Math.max(fromMs, toMs), points, leastMs: isRecent ? SECOND_MS : MINUTE_MS });
    const names = this.#deps.repository.listDevices();
    for (const { id, name } of this.#courses.values()) names.set(id, name);
    const series = [...names].filter(([id]) => gpuId === undefined || id === gpuId).map(([id, name]) => this.#readSeries(gpuIdSchema.parse(id), name, steps, isRecent));
    return { stepMs: steps.stepMs, atMs: Array.from({ length: steps.count }, (_, n) => steps.fromMs + n * steps.stepMs), series: gpuId === undefined ? series.filter(hasFigures) : series };
  }

  /** Whether the samples in memory reach back as far as is asked, or as far as there is anything. */
  #isInRings(fromMs: number, gpuId: GpuId | undefined): boolean {
    const courses = [...this.#courses.values()].filter(({ id }) => gpuId === undefined || id === gpuId);
    return courses.length > 0 && courses.every(({ ring }) => ring.firstMs !== null && ring.firstMs <= fromMs + MINUTE_MS);
  }

  #readSeries(id: GpuId, name: string, steps: Steps, isRecent: boolean): GpuSeries {
    const endMs = steps.fromMs + steps.count * steps.stepMs;
    const course = this.#courses.get(id);
    const columns = isRecent
      ? downsample(steps, RING_HOLD_MS, (visit) => course?.ring.visit(steps.fromMs, endMs, visit))
      : downsample(steps, MINUTE_HOLD_MS, (visit) => { this.#visitMinutes(id, steps.fromMs, endMs, visit); });
    return { gpuId: id, name, ...toNamed(columns) };
  }

  #visitMinutes(id: GpuId, fromMs: number, endMs: number, visit: VisitSample): void {
    const course = this.#courses.get(id);
    for (const block of this.#deps.repository.read(id, Math.floor(fromMs / HOUR_MS), Math.floor(endMs / HOUR_MS))) {
      if (block.hour !== course?.block.hour) visitBlock(block, fromMs, endMs, visit);
    }
    if (course === undefined) return;
    visitBlock(course.block, fromMs, endMs, visit);
    if (!course.mean.isEmpty && course.minute * MINUTE_MS >= fromMs) visit(course.minute * MINUTE_MS, Array.from({ length: COLUMN_COUNT }, (_, column) => course.mean.read(column)), 0);
  }

  /** A reading that stands in for one that did not come is not a measurement. */
  #add(reading: GpuReading): void {
    if (reading.state !== 'ok') return;
    for (const gpu of reading.gpus) if (gpu.state === 'ok') this.#addSample(gpu, reading.takenAtMs);
  }

  #addSample(gpu: Gpu, atMs: number): void {
    const minute = Math.floor(atMs / MINUTE_MS);
    const course = this.#courses.get(gpu.id) ?? this.#open(gpu, minute);
    if (course.minute !== minute) {
      this.#endMinute(course);
      course.minute = minute;
      const hour = Math.floor(atMs / HOUR_MS);
      if (course.block.hour !== hour) course.block = this.#deps.repository.readHour(gpu.id, hour) ?? new HourBlock(hour);
    }
    const values = toColumns(gpu);
    course.ring.add(atMs, values);
    course.mean.add(values);
  }

  #open({ id, name }: Gpu, minute: number): Course {
    const hour = Math.floor(minute / 60);
    const course: Course = { id, name, ring: new SampleRing(RING_SAMPLES), mean: new ColumnMean(), minute, block: this.#deps.repository.readHour(id, hour) ?? new HourBlock(hour) };
    this.#courses.set(id, course);
    return course;
  }

  /** Puts the minute into its hour, and the hour into the database. */
  #endMinute({ id, name, mean, minute, block }: Course): void {
    if (mean.isEmpty) return;
    block.set(minute % 60, (column) => mean.read(column));
    mean.clear();
    if (this.#deps.isReadOnly) return;
    try {
      this.#deps.repository.save({ id, name }, block);
    } catch (error) {
      this.#deps.log.error('gpu_history.not_written', { error });
    }
  }

  #prune(): void {
    if (this.#deps.isReadOnly) return;
    const hour = Math.floor(this.#deps.clock.nowMs() / HOUR_MS);
    this.#deps.repository.keepOnly(hour - KEEP_HOURS, hour + 24);
  }
}

function visitBlock({ hour, values }: HourBlock, fromMs: number, endMs: number, visit: VisitSample): void {
  for (let minute = 0; minute < 60; minute += 1) {
    const atMs = hour * HOUR_MS + minute * MINUTE_MS;
    const at = minute * COLUMN_COUNT;
    if (atMs >= fromMs && atMs < endMs && !Number.isNaN(values[at] ?? Number.NaN)) visit(atMs, values, at);
  }
}

function toNamed(columns: readonly (number | null)[][]): Omit<GpuSeries, 'gpuId' | 'name'> {
  const named = (column: (typeof HISTORY_COLUMNS)[number]): (number | null)[] => columns[HISTORY_COLUMNS.indexOf(column)] ?? [];
  return {
    usedBytes: named('usedBytes'), usedPeakBytes: named('usedPeakBytes'), utilizationPercent: named('utilizationPercent'),
    temperatureCelsius: named('temperatureCelsius'), powerWatts: named('powerWatts'), throttledPercent: named('throttledPercent'),
  };
}

/** A device that is gone and was not there in the range is left out. */
function hasFigures({ usedBytes }: GpuSeries): boolean {
  return usedBytes.some((value) => value !== null);
}
