import { useImperativeHandle, useRef, useState } from 'react';
import type { ReactNode, Ref } from 'react';
import { useScale } from '../../app/zoom.ts';

const LINE_PX = 19;
const PADDING_PX = 6;

export interface CodeAreaHandle {
  /** Selects a line, counted from 1, and brings it into sight. */
  goToLine: (line: number) => void;
}

export interface CodeAreaProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** Lines with something wrong, by their level. */
  marks: readonly { line: number; level: 'error' | 'warning' }[];
  ref?: Ref<CodeAreaHandle>;
}

/** A box for a script: a plain text area with line numbers, so that undo, selection and the browser's search are as everywhere. */
export function CodeArea({ label, value, onChange, marks, ref }: CodeAreaProps): ReactNode {
  const box = useRef<HTMLTextAreaElement>(null);
  const [scrollTop, setScrollTop] = useState(0);
  const linePx = Math.round(LINE_PX * useScale());
  const lineCount = value.split('\n').length;
  const numbers = Array.from({ length: lineCount }, (_, index) => index + 1).join('\n');
  useImperativeHandle(ref, () => ({
    goToLine: (line) => {
      const element = box.current;
      if (element === null) return;
      const before = element.value.split('\n').slice(0, line - 1).join('\n');
      const start = line <= 1 ? 0 : before.length + 1;
      const end = element.value.indexOf('\n', start);
      element.focus();
      element.setSelectionRange(start, end < 0 ? element.value.length : end);
      element.scrollTop = Math.max(0, (line - 1) * linePx - element.clientHeight / 2);
    },
  }), [linePx]);
  const metrics = { lineHeight: `${linePx}px`, paddingBlock: PADDING_PX };
  return (
    <div className="flex h-full min-h-0 bg-bg font-mono text-sm [font-variant-ligatures:none]">
      <div aria-hidden className="relative w-14 shrink-0 overflow-hidden border-r border-line">
        <pre className="px-2 text-right text-muted select-none" style={{ ...metrics, transform: `translateY(${-scrollTop}px)` }}>{numbers}</pre>
        {marks.map(({ line, level }) => <span key={`${line} ${level}`} className={`absolute right-0 w-1 ${level === 'error' ? 'bg-error' : 'bg-stalled'}`} style={{ top: PADDING_PX + (line - 1) * linePx - scrollTop, height: linePx }} />)}
      </div>
      <textarea ref={box} aria-label={label} wrap="off" spellCheck={false} autoCapitalize="off" autoComplete="off" value={value} onChange={(event) => { onChange(event.target.value); }} onScroll={(event) => { setScrollTop(event.currentTarget.scrollTop); }} className="min-w-0 flex-1 resize-none overflow-auto bg-bg px-3 whitespace-pre" style={metrics} />
    </div>
  );
}
