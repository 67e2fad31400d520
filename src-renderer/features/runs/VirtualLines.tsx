import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useImperativeHandle, useRef } from 'react';
import type { KeyboardEvent, ReactNode, Ref } from 'react';
import { classNames } from '../../base/classNames.ts';

const LINE_PX = 19;
const AT_END_PX = 24;

/** What others may ask of the lines. */
export interface VirtualLinesHandle {
  /** Brings a line to the middle. */
  scrollTo: (index: number) => void;
}

export interface VirtualLinesProps {
  /** Read aloud. */
  label: string;
  count: number;
  renderLine: (index: number) => ReactNode;
  /** Characters of the longest line: how far it can be scrolled sideways. */
  longest: number;
  scale: number;
  isWrapped?: boolean;
  /** Stays at the end as lines are added. */
  isFollowing?: boolean;
  /** Told when a person scrolls to the end or away from it. */
  onFollow?: (isFollowing: boolean) => void;
  /** The number shown before the first line; no numbers without it. */
  firstNumber?: number | undefined;
  markedIndex?: number | null | undefined;
  ref?: Ref<VirtualLinesHandle>;
}

/** Many lines of text, of which only those in sight are drawn. */
export function VirtualLines({ label, count, renderLine, longest, scale, isWrapped = false, isFollowing = false, onFollow, firstNumber, markedIndex, ref }: VirtualLinesProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const linePx = Math.round(LINE_PX * scale);
  const virtual = useVirtualizer({ count, getScrollElement: () => box.current, estimateSize: () => linePx, overscan: 20, paddingStart: 4, paddingEnd: 6 });
  const isOwnScroll = useRef(false);
  useImperativeHandle(ref, () => ({ scrollTo: (index) => { virtual.scrollToIndex(index, { align: 'center' }); } }), [virtual]);

  useEffect(() => { virtual.measure(); }, [virtual, linePx, isWrapped]);
  const totalPx = virtual.getTotalSize();
  useEffect(() => {
    const element = box.current;
    if (!isFollowing || element === null) return;
    isOwnScroll.current = true;
    element.scrollTop = element.scrollHeight;
  }, [isFollowing, count, totalPx]);

  const onScroll = (): void => {
    const element = box.current;
    if (element === null) return;
    const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < AT_END_PX;
    const wasOwn = isOwnScroll.current;
    isOwnScroll.current = false;
    if (!wasOwn && isAtEnd !== isFollowing) onFollow?.(isAtEnd);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'End') onFollow?.(true);
    else if (event.key === 'Home' || event.key === 'PageUp' || event.key === 'ArrowUp') onFollow?.(false);
  };
  const digits = firstNumber === undefined ? 0 : Math.max(3, String(firstNumber + count).length);
  const minWidth = isWrapped ? undefined : `calc(${longest + digits + 4}ch + 1.5rem)`;
  return (
    <div ref={box} role="group" tabIndex={0} aria-label={label} onScroll={onScroll} onKeyDown={onKeyDown} className="h-full min-h-0 overflow-auto bg-bg font-mono text-sm [font-variant-ligatures:none]">
      <div className="relative" style={{ height: totalPx, minWidth }}>
        {virtual.getVirtualItems().map(({ index, start, key }) => (
          <div
            key={key}
            ref={isWrapped ? virtual.measureElement : undefined}
            data-index={index}
            className={classNames('absolute inset-x-0 top-0 flex px-3', index === markedIndex && 'bg-selected')}
            style={{ transform: `translateY(${start}px)`, lineHeight: `${linePx}px`, minHeight: linePx }}
          >
            {firstNumber === undefined ? null : <span aria-hidden className="shrink-0 pr-4 text-right text-muted select-none" style={{ width: `${digits + 2}ch` }}>{firstNumber + index}</span>}
            <span className={isWrapped ? 'min-w-0 break-all whitespace-pre-wrap' : 'whitespace-pre'}>{renderLine(index)}</span>
          </div>
        ))}
      </div>
    </div>
  );
}
