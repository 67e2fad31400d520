import { memo } from 'react';
import type { MouseEvent, ReactNode } from 'react';
import Markdown from 'react-markdown';
import type { Components } from 'react-markdown';
import rehypeHighlight from 'rehype-highlight';
import remarkGfm from 'remark-gfm';
import { Check, Square } from 'lucide-react';
import { CodeBlock } from './CodeBlock.tsx';

const REMARK = [remarkGfm];
const HIGHLIGHT = [rehypeHighlight];
const NO_PLUGINS: never[] = [];
/** Code that is still growing is coloured up to this length only, finished code up to that one. */
const LIVE_LIMIT = 6_000;
const LIMIT = 60_000;

function openOutside(event: MouseEvent<HTMLAnchorElement>): void {
  event.preventDefault();
  const { href } = event.currentTarget;
  if (/^https?:$/.test(new URL(href).protocol)) window.open(href, '_blank', 'noopener');
}

/** Links open outside of the window, pictures from elsewhere are links, and markup of others is text. */
const components: Components = {
  // Under the heading of their message, whatever level they say; their look is that of their own level.
  h1: ({ children }) => <h4 className="prose-1">{children}</h4>,
  h2: ({ children }) => <h4 className="prose-2">{children}</h4>,
  h3: ({ children }) => <h4 className="prose-3">{children}</h4>,
  h5: ({ children }) => <h4>{children}</h4>,
  h6: ({ children }) => <h4>{children}</h4>,
  a: ({ href, children }) => <a href={href} target="_blank" rel="noopener noreferrer" onClick={openOutside}>{children}</a>,
  img: ({ src, alt }) => (typeof src === 'string' ? <a href={src} target="_blank" rel="noopener noreferrer" onClick={openOutside}>{alt === '' || alt === undefined ? src : alt}</a> : alt),
  pre: ({ children }) => <CodeBlock>{children}</CodeBlock>,
  table: ({ children }) => <div className="overflow-x-auto"><table>{children}</table></div>,
  input: ({ checked }) => (checked === true ? <Check size={14} className="mr-1 inline text-ok" aria-label="[x]" role="img" /> : <Square size={14} className="mr-1 inline text-muted" aria-label="[ ]" role="img" />),
};

/** One block of an answer; drawn again only when its text changes. */
export const MarkdownBlock = memo(function MarkdownBlock({ text, isLive }: { text: string; isLive: boolean }): ReactNode {
  const isColoured = text.length < (isLive ? LIVE_LIMIT : LIMIT);
  return (
    <div className="prose">
      <Markdown remarkPlugins={REMARK} rehypePlugins={isColoured ? HIGHLIGHT : NO_PLUGINS} components={components}>{text}</Markdown>
    </div>
  );
});
