import type { ReactNode } from 'react';

/** The last values as a tiny area, newest at the right; `max` is the full height. Said elsewhere in words. */
export function Sparkline({ values, max, length }: { values: readonly number[]; max: number; length: number }): ReactNode {
  const width = 100;
  const height = 24;
  const x = (index: number): number => ((length - values.length + index) / (length - 1)) * width;
  const points = values.map((value, index) => `${x(index).toFixed(1)},${(height - Math.min(1, value / max) * height).toFixed(1)}`);
  return (
    <svg aria-hidden viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" className="h-3.5 w-12 shrink-0 text-accent">
      <line x1={0} x2={width} y1={height} y2={height} stroke="currentColor" strokeOpacity={0.4} vectorEffect="non-scaling-stroke" />
      {points.length > 1 ? <polyline points={points.join(' ')} fill="none" stroke="currentColor" strokeWidth={1.25} vectorEffect="non-scaling-stroke" /> : null}
    </svg>
  );
}
