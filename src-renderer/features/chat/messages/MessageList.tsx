import { ArrowDown } from 'lucide-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useMemo, useRef } from 'react';
import type { KeyboardEvent, ReactNode, UIEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Message } from '#contract/conversations.ts';
import { useScale } from '../../../app/zoom.ts';
import { Button } from '../../../ui/Button.tsx';
import { isWriting, listPath } from './branches.ts';
import { estimateRowPx, findRow, RowBuilder } from './messageRows.ts';
import { MessageRowView } from './MessageRowView.tsx';

const AT_END_PX = 40;

export interface MessageListProps {
  messages: readonly Message[];
  leafId: string | null;
  /** A message that is to be brought into sight, such as one that was found. */
  targetId: string | null;
}

/** The shown branch of a conversation. Only rows in sight are drawn; the end is kept in sight as it grows, until a person scrolls away. */
export function MessageList({ messages, leafId, targetId }: MessageListProps): ReactNode {
  const { t } = useTranslation();
  const scale = useScale();
  const box = useRef<HTMLDivElement>(null);
  const builder = useMemo(() => new RowBuilder(), []);
  const rows = useMemo(() => builder.build(listPath(messages, leafId), messages), [builder, messages, leafId]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    getItemKey: (index) => rows[index]?.key ?? index,
    estimateSize: (index) => { const row = rows[index]; return row === undefined ? 0 : estimateRowPx(row) * scale; },
    overscan: 8, paddingStart: 16, paddingEnd: 16,
    anchorTo: 'end', followOnAppend: true, scrollEndThreshold: 2,
  });
  const hasRows = rows.length > 0;
  const isFollowing = useRef(true);
  const lastTop = useRef(0);
  const totalPx = virtual.getTotalSize();
  useLayoutEffect(() => { if (hasRows && isFollowing.current) virtual.scrollToEnd(); }, [virtual, hasRows, totalPx]);
  const targetIndex = findRow(rows, messages.find(({ id }) => id === targetId));
  useLayoutEffect(() => {
    if (targetIndex < 0) return;
    isFollowing.current = false;
    virtual.scrollToIndex(targetIndex, { align: 'start' });
  }, [virtual, targetId, targetIndex]);
  const isAsked = messages.some((message) => message.id === leafId && isWriting(message));
  useLayoutEffect(() => {
    if (!isAsked) return;
    isFollowing.current = true;
    virtual.scrollToEnd();
  }, [virtual, leafId, isAsked]);
  // A person who scrolls away is left alone; one who comes back to the end follows it again.
  const leave = (): void => { isFollowing.current = false; };
  const onScroll = ({ currentTarget: { scrollTop, scrollHeight, clientHeight } }: UIEvent): void => {
    const isAtEnd = scrollHeight - scrollTop - clientHeight < AT_END_PX;
    if (isAtEnd === (scrollTop >= lastTop.current)) isFollowing.current = isAtEnd;
    lastTop.current = scrollTop;
  };
  const onKeyDown = ({ key }: KeyboardEvent): void => { if (key === 'PageUp' || key === 'ArrowUp' || key === 'Home') leave(); };
  const isWide = rows.some(({ kind }) => kind === 'pair');
  return (
    <div className="relative min-h-0 flex-1">
      <div ref={box} role="group" tabIndex={0} aria-label={t('chat.messages')} onScroll={onScroll} onWheel={({ deltaY }) => { if (deltaY < 0) leave(); }} onTouchMove={leave} onPointerDown={({ target }) => { if (target === box.current) leave(); }} onKeyDown={onKeyDown} className="h-full overflow-y-auto [overflow-anchor:none] [scrollbar-gutter:stable_both-edges]">
        <div className={`relative mx-auto w-full ${isWide ? 'max-w-[96rem]' : 'max-w-[57.5rem]'}`} style={{ height: totalPx }}>
          {virtual.getVirtualItems().map(({ index, start, key }) => {
            const row = rows[index];
            return row === undefined ? null : (
              <div key={key} ref={virtual.measureElement} data-index={index} data-row={row.key} className="absolute inset-x-0 top-0 px-4" style={row.kind === 'pair' ? { top: start } : { transform: `translateY(${start}px)` }}>
                <div className={row.kind === 'pair' ? '' : 'mx-auto max-w-[55.5rem]'}><MessageRowView row={row} /></div>
              </div>
            );
          })}
        </div>
      </div>
      {hasRows && !virtual.isAtEnd(AT_END_PX * 2) ? (
        <div className="pointer-events-none absolute inset-x-0 bottom-3 flex justify-center">
          <Button size="sm" icon={<ArrowDown size={13} aria-hidden />} className="pointer-events-auto rounded-full! shadow-raised" onClick={() => { isFollowing.current = true; virtual.scrollToEnd(); }}>{t('chat.toEnd')}</Button>
        </div>
      ) : null}
    </div>
  );
}
