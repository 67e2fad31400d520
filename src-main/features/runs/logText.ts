/** Escape sequences of terminals: CSI, OSC and other strings, and the short ones. */
const ESCAPES = /\u001B\[[0-?]*[ -/]*[@-~]|\u001B[\]PX^_][^\u0007\u001B]*(?:\u0007|\u001B\\)?|\u001B[ -/]*[0-~]?|\u009B[0-?]*[ -/]*[@-~]/g;
/** What is left of control characters is dropped, but tab and line feed stay. */
const CONTROLS = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/g;
const STAGE_LINE = /^::wh stage .*\n?/gm;

/** A log as plain text: no escape sequences, no stage marks, and of a line that was written over only the last state. */
export function toPlainText(text: string): string {
  const bare = text.replace(ESCAPES, '').replaceAll('\r\n', '\n');
  const overwritten = bare.includes('\r') ? bare.split('\n').map(lastState).join('\n') : bare;
  return overwritten.replace(CONTROLS, '').replace(STAGE_LINE, '');
}

/** A progress bar writes over its line: what stands after the last carriage return that has text behind it is what is seen. */
function lastState(line: string): string {
  return line.split('\r').findLast((part) => part !== '') ?? '';
}
