import { useState } from 'react';
import { copyText } from './clipboard.ts';

export type CopyOutcome = 'copied' | 'copyFailed' | null;

/** Copies, and says how that went until it is forgotten. */
export function useCopy(): { outcome: CopyOutcome; copy: (text: string) => void; forget: () => void } {
  const [outcome, setOutcome] = useState<CopyOutcome>(null);
  return {
    outcome,
    copy: (text) => { copyText(text).then(() => { setOutcome('copied'); }, () => { setOutcome('copyFailed'); }); },
    forget: () => { setOutcome(null); },
  };
}
