/** Text for bytes and back; Node and Chromium have different fast ways. */
export interface Base64 {
  toText(bytes: Uint8Array): string;
  toBytes(text: string): Uint8Array<ArrayBuffer>;
}

/** What crosses between the shim's main process and a page: structured-clone values as JSON values and back. */
export interface Wire {
  encode(value: unknown): unknown;
  decode(value: unknown): unknown;
}

export const nodeBase64: Base64 = {
  toText: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
  toBytes: (text) => new Uint8Array(Buffer.from(text, 'base64')),
};

/**
 * Makes the coder. Runs in Node and, by its source text, in the page's isolated world: it names nothing outside itself.
 * Objects are wrapped as `{$:'o'}` so that a value's own `$` key cannot be taken for a tag.
 */
export function createWire(base64: Base64): Wire {
  interface Tagged { $: string; v?: unknown; c?: string }

  const encodeBytes = (value: ArrayBuffer | ArrayBufferView): Tagged => {
    if (value instanceof ArrayBuffer) return { $: 'buffer', v: base64.toText(new Uint8Array(value)) };
    const name = value.constructor.name === 'Buffer' ? 'Uint8Array' : value.constructor.name;
    return { $: 'view', c: name, v: base64.toText(new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength)) };
  };
  const encodeObject = (value: object): unknown => {
    if (Array.isArray(value)) return value.map(encode);
    if (value instanceof Date) return { $: 'date', v: value.getTime() };
    if (value instanceof Map) return { $: 'map', v: [...value].map(encode) };
    if (value instanceof Set) return { $: 'set', v: [...value].map(encode) };
    if (value instanceof Error) return { $: 'error', c: value.name, v: value.message };
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return encodeBytes(value);
    return { $: 'o', v: Object.fromEntries(Object.entries(value).map(([key, item]) => [key, encode(item)])) };
  };
  const encode = (value: unknown): unknown => {
    if (value === undefined) return { $: 'undefined' };
    if (typeof value === 'bigint') return { $: 'bigint', v: String(value) };
    if (typeof value === 'number' && !Number.isFinite(value)) return { $: 'number', v: String(value) };
    return typeof value === 'object' && value !== null ? encodeObject(value) : value;
  };

  const decodeView = (name: string, text: string): unknown => {
    const bytes = base64.toBytes(text);
    if (name === 'Uint8Array') return bytes;
    const View: unknown = Reflect.get(globalThis, name);
    return typeof View === 'function' ? Reflect.construct(View, [bytes.buffer]) : bytes;
  };
  const decoders: Record<string, (tagged: Tagged) => unknown> = {
    undefined: () => undefined,
    bigint: ({ v }) => BigInt(v as string),
    number: ({ v }) => Number(v),
    date: ({ v }) => new Date(v as number),
    map: ({ v }) => new Map((v as unknown[]).map(decode) as [unknown, unknown][]),
    set: ({ v }) => new Set((v as unknown[]).map(decode)),
    error: ({ v, c }) => Object.assign(new Error(v as string), { name: c }),
    buffer: ({ v }) => base64.toBytes(v as string).buffer,
    view: ({ v, c }) => decodeView(c ?? 'Uint8Array', v as string),
    o: ({ v }) => Object.fromEntries(Object.entries(v as object).map(([key, item]) => [key, decode(item)])),
  };
  const decode = (value: unknown): unknown => {
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) return value.map(decode);
    const tagged = value as Tagged;
    return decoders[tagged.$]?.(tagged);
  };
  return { encode, decode };
}
