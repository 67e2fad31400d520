import { useRef } from 'react';
import type { ReactNode } from 'react';
import { Group, Panel, Separator } from 'react-resizable-panels';
import { z } from 'zod';
import { useView } from './views.ts';

const rememberedSize = z.number().min(5).max(95).nullable();

interface RowSplitProps {
  /** Under which the split is remembered: letters, digits and dots. */
  name: string;
  /** Of the line between the two, read aloud. */
  label: string;
  top: ReactNode;
  /** Without it the first has all the room. */
  bottom: ReactNode | null;
  /** How high one of them is while nobody has dragged the line: `12rem`, `60%`. */
  start: { top: string } | { bottom: string };
}

/** Two parts one above the other, the line between them to be dragged and remembered. */
export function RowSplit({ name, label, top, bottom, start }: RowSplitProps): ReactNode {
  const [size, remember] = useView(name, rememberedSize, null);
  // The sizes at mount: a new default while dragging would move the line under the hand.
  const initial = useRef<{ top?: string; bottom?: string }>(size === null ? start : { top: `${size}%`, bottom: `${100 - size}%` });
  return (
    <Group orientation="vertical" className="min-h-0 flex-1" onLayoutChanged={(layout, { isUserInteraction }) => { if (isUserInteraction && layout['top'] !== undefined && bottom !== null) remember(layout['top']); }}>
      <Panel id="top" defaultSize={bottom === null ? undefined : initial.current.top} minSize="15%">{top}</Panel>
      {bottom === null ? null : <Separator aria-label={label} className="h-px bg-line transition-colors duration-100 hover:bg-accent focus-visible:bg-accent data-[separator=active]:bg-accent" />}
      {bottom === null ? null : <Panel id="bottom" defaultSize={initial.current.bottom} minSize="15%">{bottom}</Panel>}
    </Group>
  );
}
