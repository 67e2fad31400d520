import { launchOption, stopStep } from '#contract/blueprintHeader.ts';
import type { BlueprintLink, LaunchOption, StopStep } from '#contract/blueprintHeader.ts';

/** What reading a value gives: the value, or what is wrong with the text. */
export type Read<T> = { readonly value: T } | { readonly problem: string };

/** Reads one kind of value from a header's text and prints it so that it reads back the same. Neither throws. */
export interface Codec<T> {
  read(text: string): Read<T>;
  print(value: T): string;
}

const MAX_TEXT_LENGTH = 4_000;
const MAX_INTEGER = 2 ** 31 - 1;
const DEFAULT_STEP_SECONDS = 10;

export const freeText: Codec<string> = {
  read: (text) => text.length > MAX_TEXT_LENGTH ? { problem: `longer than ${MAX_TEXT_LENGTH} characters` } : { value: text },
  print: (value) => value,
};

export const integer: Codec<number> = {
  read: (text) => /^\d{1,10}$/.test(text) && Number(text) <= MAX_INTEGER ? { value: Number(text) } : { problem: 'not a whole number' },
  print: String,
};

export const flag: Codec<boolean> = {
  read: (text) => {
    if (/^(true|yes|1)$/i.test(text)) return { value: true };
    return /^(false|no|0)$/i.test(text) ? { value: false } : { problem: 'neither true nor false' };
  },
  print: String,
};

export const portNumber: Codec<number | 'auto'> = {
  read: (text) => {
    if (text === 'auto') return { value: 'auto' };
    const read = integer.read(text);
    return 'value' in read && read.value >= 1 && read.value <= 65_535 ? read : { problem: 'neither auto nor a port from 1 to 65535' };
  },
  print: String,
};

export const httpAddress = matching(/^https?:\/\/[^\s<>"']+$/, 'not an http or https address');
export const urlPath = matching(/^\/[^\s]*$/, 'not a path that begins with /');
export const version = matching(/^(auto|\d+(\.\d+){0,3}([a-z0-9.+-]*)?)$/, 'neither auto nor a version');
export const versionRange = matching(/^[<>=~!., \da-zA-Z*+-]+$/, 'not a version or range');
export const variableName = matching(/^[A-Za-z_][A-Za-z0-9_]*$/, 'not the name of an environment variable');
export const commandName = matching(/^[A-Za-z0-9][A-Za-z0-9._+-]*$/, 'not the name of a command');
export const blueprintName = matching(/^[A-Za-z0-9][A-Za-z0-9:._-]*$/, 'not the name of a blueprint');
export const exitCode: Codec<number> = {
  read: (text) => {
    const read = integer.read(text);
    return 'value' in read && read.value <= 255 ? read : { problem: 'not an exit code from 0 to 255' };
  },
  print: String,
};

/** A Python distribution, by its PEP 503 name. */
export const distribution: Codec<string> = {
  read: (text) => /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(text)
    ? { value: text.toLowerCase().replace(/[-_.]+/g, '-') }
    : { problem: 'not the name of a Python distribution' },
  print: (value) => value,
};

/** A path below the instance's folder. Links are judged when the path is used. */
export const relativePath: Codec<string> = {
  read: (text) => {
    if (text === '' || text.startsWith('/') || text.includes('\\') || /^[A-Za-z]:/.test(text)) return { problem: 'not a relative path' };
    const parts = text.split('/').filter((part) => part !== '' && part !== '.');
    if (parts.includes('..')) return { problem: 'leaves the folder of the instance' };
    if (/[\n\r\0]/.test(text)) return { problem: 'not a path' };
    return parts.length === 0 ? { problem: 'is the folder of the instance itself' } : { value: text };
  },
  print: (value) => value,
};

export const regex: Codec<string> = {
  read: (text) => {
    if (text.length > 500) return { problem: 'longer than 500 characters' };
    return isRegex(text) ? { value: text } : { problem: 'not a regular expression' };
  },
  print: (value) => value,
};

export const statusRange: Codec<{ from: number; to: number }> = {
  read: (text) => {
    const [, first = '', last] = /^(\d{3})(?:\s*-\s*(\d{3}))?$/.exec(text) ?? [];
    const from = Number(first);
    const to = Number(last ?? first);
    return from >= 100 && from <= to && to <= 599 ? { value: { from, to } } : { problem: 'not a status or range such as 200-499' };
  },
  print: ({ from, to }) => from === to ? String(from) : `${from}-${to}`,
};

/** `INT:10,TERM:10,KILL`: seconds per step, none after the last. */
export const stopSteps: Codec<StopStep[]> = {
  read: (text) => {
    const parts = text.split(',').map((part) => part.trim());
    const steps = parts.map((part, index) => {
      const [, signal, seconds] = /^(?:SIG)?([A-Z0-9]+)(?::(\d{1,4}))?$/.exec(part) ?? [];
      const fallback = index === parts.length - 1 ? null : DEFAULT_STEP_SECONDS;
      return stopStep.safeParse({ signal, waitSeconds: seconds === undefined ? fallback : Number(seconds) }).data;
    });
    const known = steps.filter((step) => step !== undefined);
    return known.length === parts.length ? { value: known } : { problem: 'not a list of signals such as INT:10,TERM:10,KILL' };
  },
  print: (steps) => steps.map(({ signal, waitSeconds }) => waitSeconds === null ? signal : `${signal}:${waitSeconds}`).join(','),
};

/** `models/checkpoints -> shared:checkpoints`. */
export const link: Codec<BlueprintLink> = {
  read: (text) => {
    const [, path = '', sharedPath = ''] = /^(.+?)\s*->\s*shared:(.+)$/.exec(text) ?? [];
    const isSafe = 'value' in relativePath.read(path) && 'value' in relativePath.read(sharedPath);
    return isSafe ? { value: { path, sharedPath } } : { problem: 'not a link such as models/vae -> shared:vae, or it leaves its folder' };
  },
  print: ({ path, sharedPath }) => `${path} -> shared:${sharedPath}`,
};

/** `name:type:default:flag`; what follows the third colon is the flag. */
export const option: Codec<LaunchOption> = {
  read: (text) => {
    const [, name = '', type, fallback, flagText] = /^([A-Za-z0-9_-]+)\s*:\s*([a-z]+)\s*:\s*([^:]*?)\s*:\s*(-.*)$/.exec(text) ?? [];
    const parsed = launchOption.safeParse({ name, type, default: fallback, flag: flagText });
    return parsed.success ? { value: parsed.data } : { problem: 'not name:type:default:flag with a type of string, int, float, bool or path' };
  },
  print: (value) => `${value.name}:${value.type}:${value.default}:${value.flag}`,
};

export function oneOf<const T extends string>(...words: readonly T[]): Codec<T> {
  return {
    read: (text) => {
      const word = words.find((candidate) => candidate === text);
      return word === undefined ? { problem: `not one of ${words.join(', ')}` } : { value: word };
    },
    print: (value) => value,
  };
}

/** A value that may be missing; it is printed only where it is there. */
export function orNull<T>(codec: Codec<T>): Codec<T | null> {
  return { read: (text) => codec.read(text), print: (value) => value === null ? '' : codec.print(value) };
}

function matching(pattern: RegExp, problem: string): Codec<string> {
  return { read: (text) => text.length <= MAX_TEXT_LENGTH && pattern.test(text) ? { value: text } : { problem }, print: (value) => value };
}

function isRegex(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
