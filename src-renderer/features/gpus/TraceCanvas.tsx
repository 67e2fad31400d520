import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { useApp } from '../../app/appContext.tsx';
import { splitAtGaps, TRACE_MS } from './gpuTraces.ts';
import type { TraceKey, TracePoint } from './gpuTraces.ts';

interface TraceCanvasProps { gpuId: string; traceKey: TraceKey; max: number; className: string }

/** The last five minutes of one value, the newest at the right; what it shows is said beside it in words. */
export function TraceCanvas({ gpuId, traceKey, max, className }: TraceCanvasProps): ReactNode {
  const { gpus } = useApp().stores;
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const draw = (): void => {
      const { reading, traces } = gpus.getState();
      if (canvas.current !== null && reading !== null) drawTrace(canvas.current, traces.read(gpuId, traceKey), { max, untilMs: reading.takenAtMs });
    };
    const observer = new ResizeObserver(draw);
    if (canvas.current !== null) observer.observe(canvas.current);
    const forget = gpus.subscribe(draw);
    return () => {
      forget();
      observer.disconnect();
    };
  }, [gpus, gpuId, traceKey, max]);
  return <canvas ref={canvas} aria-hidden className={className} />;
}

function drawTrace(canvas: HTMLCanvasElement, points: readonly TracePoint[], { max, untilMs }: { max: number; untilMs: number }): void {
  const context = canvas.getContext('2d');
  const { clientWidth, clientHeight } = canvas;
  if (context === null || clientWidth === 0) return;
  canvas.width = Math.round(clientWidth * devicePixelRatio);
  canvas.height = Math.round(clientHeight * devicePixelRatio);
  context.scale(devicePixelRatio, devicePixelRatio);
  const { color } = getComputedStyle(canvas);
  const x = (atMs: number): number => (1 - (untilMs - atMs) / TRACE_MS) * clientWidth;
  const y = (value: number): number => clientHeight - 1 - Math.min(1, Math.max(0, value / Math.max(1e-9, max))) * (clientHeight - 2);
  for (const stretch of splitAtGaps(points)) drawStretch(context, stretch.map(({ atMs, value }) => ({ x: x(atMs), y: y(value) })), { color, height: clientHeight });
}

function drawStretch(context: CanvasRenderingContext2D, points: readonly { x: number; y: number }[], { color, height }: { color: string; height: number }): void {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined || first === last) return;
  const line = new Path2D();
  line.moveTo(first.x - 0.5, first.y);
  for (const point of points) line.lineTo(point.x, point.y);
  const area = new Path2D(line);
  area.lineTo(last.x, height);
  area.lineTo(first.x - 0.5, height);
  context.fillStyle = color;
  context.globalAlpha = 0.14;
  context.fill(area);
  context.globalAlpha = 1;
  context.strokeStyle = color;
  context.lineWidth = 1.25;
  context.stroke(line);
}
