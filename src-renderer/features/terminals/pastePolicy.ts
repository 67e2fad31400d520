/** What to do with text that is about to be pasted into a terminal. */
export type PastePlan =
  | { kind: 'paste'; text: string }
  /** Several lines: each may run as a command, so somebody has to look first. */
  | { kind: 'ask'; text: string; lineCount: number };

const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u0080-\u009f]/g;

/** Decides about a paste. Control characters go, since they could end the bracket around a paste and type by themselves. */
export function planPaste(raw: string): PastePlan {
  const text = raw.replace(/\r\n?/g, '\n').replace(CONTROL, '');
  const lineCount = text.replace(/\n+$/, '').split('\n').length;
  return lineCount > 1 ? { kind: 'ask', text, lineCount } : { kind: 'paste', text };
}

/** The lines as one, with a blank between. */
export function toOneLine(text: string): string {
  return text.split('\n').map((line) => line.trim()).filter(Boolean).join(' ');
}
