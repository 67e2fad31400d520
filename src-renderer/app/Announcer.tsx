import { useState } from 'react';
import type { ReactNode } from 'react';
import { useEffect } from 'react';
import type { Subscribe } from '../base/signal.ts';

/** The live region: what is announced is read aloud once and not shown. */
export function Announcer({ onAnnounce }: { onAnnounce: Subscribe<string> }): ReactNode {
  const [said, setSaid] = useState({ text: '', turn: 0 });
  useEffect(() => onAnnounce((text) => { setSaid(({ turn }) => ({ text, turn: turn + 1 })); }), [onAnnounce]);
  return <div aria-live="polite" className="sr-only"><span key={said.turn}>{said.text}</span></div>;
}
