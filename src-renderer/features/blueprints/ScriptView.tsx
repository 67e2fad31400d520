import { useEffect, useMemo, useRef } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useScale } from '../../app/zoom.ts';
import { VirtualLines } from '../runs/VirtualLines.tsx';
import type { VirtualLinesHandle } from '../runs/VirtualLines.tsx';

/** A script to read, with line numbers; `line` counts from 1 and is brought into sight. */
export function ScriptView({ text, line }: { text: string; line: number | null }): ReactNode {
  const { t } = useTranslation();
  const scale = useScale();
  const handle = useRef<VirtualLinesHandle>(null);
  const lines = useMemo(() => text.replace(/\n$/, '').split('\n'), [text]);
  const longest = useMemo(() => lines.reduce((most, each) => Math.max(most, each.length), 0), [lines]);
  useEffect(() => { if (line !== null) handle.current?.scrollTo(line - 1); }, [line, lines]);
  return <VirtualLines ref={handle} label={t('blueprints.script')} count={lines.length} longest={longest} scale={scale} firstNumber={1} markedIndex={line === null ? null : line - 1} renderLine={(index) => <ScriptLine text={lines[index] ?? ''} />} />;
}

/** Comments step back, the header's keys stand out; the rest is as it is written. */
function ScriptLine({ text }: { text: string }): ReactNode {
  if (text.startsWith('###')) return <span className="text-accent">{text}</span>;
  const [, mark = '', key = '', rest = ''] = /^(#\s+)([a-z][\w.]*)(\s*=.*)$/.exec(text) ?? [];
  if (key !== '') return <><span className="text-muted">{mark}</span><span className="text-accent">{key}</span>{rest}</>;
  return /^\s*#/.test(text) ? <span className="text-muted">{text}</span> : text || ' ';
}
