/** One `# key = value` of a header, with its continuation lines joined by line feeds. */
export interface HeaderEntry {
  readonly line: number;
  readonly key: string;
  readonly isAppend: boolean;
  readonly value: string;
}

/** Something wrong with the text itself; `line` counts from 1. */
export interface BlockProblem {
  readonly line: number;
  readonly level: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
}

/** A header's lines, or null where the text has none that can be read. */
export interface HeaderBlock {
  readonly block: { readonly version: 0 | 1; readonly line: number; readonly entries: readonly HeaderEntry[] } | null;
  readonly problems: readonly BlockProblem[];
}

interface Marks { version: 0 | 1; start: RegExp; end: RegExp }

const MAX_LINES = 200;
const MAX_BYTES = 16 * 1024;
const MAX_SHOWN = 60;
const WINDOW_TEXT = `the first ${MAX_LINES} lines or ${MAX_BYTES / 1024} KiB`;
const WHEELHOUSE: Marks = { version: 1, start: /^###\s*WHEELHOUSE-BLUEPRINT\s+(\S+)\s*###$/, end: /^###\s*END\s*###$/ };
const AIKORE: Marks = { version: 0, start: /###\s*(AIKORE)-METADATA-START\s*###/, end: /###\s*AIKORE-METADATA-END\s*###/ };

type Add = (index: number, code: string, message: string) => void;

/** Finds the header in the first 200 lines or 16 KiB and splits it into entries. Does not throw and evaluates nothing. */
export function readHeaderBlock(text: string): HeaderBlock {
  const problems: BlockProblem[] = checkText(text);
  const lines = takeWindow(text);
  const add: Add = (index, code, message) => { problems.push({ line: index + 1, level: 'error', code, message }); };
  const marks = lines.some((line) => WHEELHOUSE.start.test(line)) ? WHEELHOUSE : AIKORE;
  const place = findBlock(lines, marks, add);
  if (place === null) return { block: null, problems };
  const entries = readEntries(lines.slice(place.start + 1, place.end), place.start + 1, add);
  return { block: { version: marks.version, line: place.start + 1, entries }, problems };
}

/** The lines of the first header, without its marks; null where it cannot be told where it begins or ends. */
function findBlock(lines: readonly string[], marks: Marks, add: Add): { start: number; end: number } | null {
  const [start, second] = lines.flatMap((line, index) => marks.start.test(line) ? [index] : []);
  if (start === undefined) {
    add(0, 'header.missing', `no header in ${WINDOW_TEXT}`);
    return null;
  }
  const given = marks.start.exec(lines[start] ?? '')?.[1] ?? '';
  if (marks === WHEELHOUSE && given !== '1') {
    add(start, 'header.version_unknown', `header version ${shorten(given)} is not known, only 1`);
    return null;
  }
  if (second !== undefined) add(second, 'header.twice', `a second header; the first begins in line ${start + 1}`);
  const end = lines.findIndex((line, index) => index > start && marks.end.test(line));
  if (end < 0) {
    add(start, 'header.no_end', `the header has no end in ${WINDOW_TEXT}`);
    return null;
  }
  return { start, end: Math.min(end, second ?? end) };
}

function checkText(text: string): BlockProblem[] {
  const problems: BlockProblem[] = [];
  const nul = text.indexOf('\0');
  if (nul >= 0) {
    problems.push({ line: text.slice(0, nul).split('\n').length, level: 'error', code: 'text.nul', message: 'a NUL character: this is no script' });
  }
  if (text.startsWith('\uFEFF')) problems.push({ line: 1, level: 'warning', code: 'text.bom', message: 'begins with a byte order mark' });
  const carriage = text.indexOf('\r\n');
  if (carriage >= 0) {
    const line = text.slice(0, carriage).split('\n').length;
    problems.push({ line, level: 'warning', code: 'text.crlf', message: 'lines end with CR LF; bash takes the CR for a part of each command' });
  }
  return problems;
}

/** The lines in which a header may stand, without BOM and CR; a line that the limit cuts is left out. */
function takeWindow(text: string): string[] {
  const head = Buffer.from(text.slice(0, MAX_BYTES)).subarray(0, MAX_BYTES).toString('utf8');
  const lines = head.split('\n');
  if (head.length < text.length) lines.pop();
  return lines.slice(0, MAX_LINES).map((line) => line.replace(/^\uFEFF/, '').trimEnd());
}

function readEntries(lines: readonly string[], before: number, add: Add): HeaderEntry[] {
  const entries: HeaderEntry[] = [];
  for (const [offset, line] of lines.entries()) {
    const index = before + offset;
    const last = entries.at(-1);
    const continued = /^# {5,}(\S.*)$/.exec(line)?.[1];
    if (/^\s*#?\s*$/.test(line)) continue;
    if (continued !== undefined && last !== undefined) {
      entries[entries.length - 1] = { ...last, value: last.value === '' ? continued : `${last.value}\n${continued}` };
      continue;
    }
    const entry = readEntry(line, index);
    if (entry === null) add(index, 'line.unreadable', `not a line "# key = value": ${shorten(line)}`);
    else entries.push(entry);
  }
  return entries;
}

function readEntry(line: string, index: number): HeaderEntry | null {
  const [, key, append, value] = /^\s*#\s*([A-Za-z][A-Za-z0-9_.-]{0,99})(\[\])?\s*=(.*)$/.exec(line) ?? [];
  if (key === undefined) return null;
  return { line: index + 1, key, isAppend: append !== undefined, value: (value ?? '').trim() };
}

/** Cuts a foreign text for showing it. */
export function shorten(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
