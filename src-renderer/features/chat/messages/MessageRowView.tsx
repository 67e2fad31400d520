import { memo, useMemo } from 'react';
import type { ReactNode } from 'react';
import type { Message } from '#contract/conversations.ts';
import { AnswerFoot, AnswerHead, Thinking, ToolCalls } from './AnswerParts.tsx';
import { BlockSplitter } from './blockSplitter.ts';
import { isWriting } from './branches.ts';
import { MarkdownBlock } from './MarkdownBlock.tsx';
import type { MessageRow } from './messageRows.ts';
import { QuestionRow } from './QuestionRow.tsx';

/** One row of the list; drawn again only when the row is another object. */
export const MessageRowView = memo(function MessageRowView({ row }: { row: MessageRow }): ReactNode {
  switch (row.kind) {
    case 'question': return <QuestionRow message={row.message} />;
    case 'head': return <AnswerHead message={row.message} />;
    case 'thinking': return <Thinking message={row.message} />;
    case 'tools': return <ToolCalls message={row.message} />;
    case 'block': return <div className={/^#{1,3} /.test(row.text) ? 'pt-3 pb-2' : 'pb-3'}><MarkdownBlock text={row.text} isLive={row.isLive} /></div>;
    case 'foot': return <AnswerFoot message={row.message} />;
    case 'pair': return <Pair left={row.message} right={row.compared} />;
  }
});

function Pair({ left, right }: { left: Message; right: Message }): ReactNode {
  return (
    <div className="grid grid-cols-2 gap-6 border-t border-line pt-3 *:min-w-0">
      <WholeAnswer message={left} />
      <div className="border-l border-line pl-6"><WholeAnswer message={right} /></div>
    </div>
  );
}

function WholeAnswer({ message }: { message: Message }): ReactNode {
  const splitter = useMemo(() => new BlockSplitter(), []);
  const blocks = splitter.split(message.content);
  return (
    <div role="group" aria-label={message.model ?? undefined}>
      <AnswerHead message={message} isAlwaysShown />
      {message.thinking === '' ? null : <Thinking message={message} />}
      {blocks.map((text, index) => <div key={index} className="pb-3"><MarkdownBlock text={text} isLive={isWriting(message) && index === blocks.length - 1} /></div>)}
      {message.toolCalls.length === 0 ? null : <ToolCalls message={message} />}
      <AnswerFoot message={message} />
    </div>
  );
}
