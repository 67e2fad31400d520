import type { CallFormat } from './chatFormat.ts';

/** A call that was read from a model's text; `arguments` is JSON. */
export interface ReadCall { readonly kind: 'tool_call'; readonly name: string; readonly arguments: string }

/**
 * Reads the calls that a model wrote between its marks: one JSON object or several with `name` and `arguments` (or
 * `parameters`), or the form of its own template. Null for anything else, which is then text.
 */
export function readCalls(body: string, format: CallFormat): ReadCall[] | null {
  return readJsonCalls(body) ?? readJsonCalls(`${missingBrace(format)}${body}`) ?? readOwnForm(body, format);
}

/** Where the mark that opens a call holds the beginning of its JSON, the JSON is whole only with it. */
const missingBrace = ({ open }: CallFormat): string => open.slice(Math.max(0, open.search(/[{[]/)));

function readJsonCalls(text: string): ReadCall[] | null {
  const parsed = parseJson(text.trim());
  if (parsed === undefined) return null;
  const calls = (Array.isArray(parsed) ? parsed : [parsed]).map(toCall);
  return calls.length > 0 && calls.every((call) => call !== null) ? calls : null;
}

function toCall(value: unknown): ReadCall | null {
  if (typeof value !== 'object' || value === null || !('name' in value) || typeof value.name !== 'string') return null;
  const args = 'arguments' in value ? value.arguments : 'parameters' in value ? value.parameters : {};
  return { kind: 'tool_call', name: value.name, arguments: typeof args === 'string' ? args : JSON.stringify(args ?? {}) };
}

function readOwnForm(body: string, { open, close, prefix, betweenNameAndArguments, suffix }: CallFormat): ReadCall[] | null {
  const pattern = new RegExp(`^${loose(prefix)}(?<name>[^\\s"'<>(){}]+)${loose(betweenNameAndArguments)}(?<args>[\\s\\S]*?)${loose(suffix)}$`);
  const { name, args } = pattern.exec(`${open}${body}${close}`.trim())?.groups ?? {};
  if (name === undefined || args === undefined) return null;
  if (args.trim() === '') return [{ kind: 'tool_call', name, arguments: '{}' }];
  return parseJson(args) === undefined ? null : [{ kind: 'tool_call', name, arguments: args.trim() }];
}

/** A pattern for a text in which blanks may be more or fewer. */
function loose(text: string): string {
  return text.trim() === '' ? '\\s*' : `\\s*${text.trim().split(/\s+/).map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join('\\s*')}\\s*`;
}

/** Undefined for what is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
