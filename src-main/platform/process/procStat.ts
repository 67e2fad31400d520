import type { ProcessRow } from './processTable.ts';

/**
 * Parses one `/proc/<pid>/stat`. The command may hold spaces and brackets, so the fields are counted from the last `)`.
 * Null for a text that is not such a line, and for a zombie or dead process.
 * Source: proc_pid_stat(5); fields 3 state, 4 ppid, 5 pgrp, 6 session, 14 utime, 15 stime, 22 starttime, 24 rss.
 */
export function parseProcStat(text: string, pageSizeBytes: number): ProcessRow | null {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open <= 0 || close <= open) return null;
  const fields = text.slice(close + 2).trimEnd().split(' ');
  const state = fields[0] ?? '';
  const startToken = fields[19];
  if (startToken === undefined || 'ZXx'.includes(state)) return null;
  const numberAt = (index: number): number => Number(fields[index]);
  return {
    pid: Number(text.slice(0, open)), ppid: numberAt(1), pgid: numberAt(2), sid: numberAt(3), startToken,
    command: text.slice(open + 1, close), state,
    rssBytes: numberAt(21) * pageSizeBytes, cpuTicks: numberAt(11) + numberAt(12),
  };
}

/**
 * Bytes of files that a process has mapped and that the system could drop, from its `/proc/<pid>/status`. Files on a disk in
 * memory and locked pages are left out; 0 where the kernel does not tell.
 * Source: proc_pid_status(5), RssFile (Linux 4.5) and VmLck.
 */
export function parseMappedFileBytes(status: string): number {
  const bytesOf = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * 1024;
  return Math.max(0, bytesOf('RssFile') - bytesOf('VmLck'));
}

/** Finds a variable in `/proc/<pid>/environ`, whose entries end with NUL. */
export function findVariable(environ: string, name: string): string | null {
  const entry = environ.split('\0').find((text) => text.startsWith(`${name}=`));
  return entry === undefined ? null : entry.slice(name.length + 1);
}

/** The page size that the kernel hands every program (AT_PAGESZ is 6, pairs of 64 bits); 4096 where it cannot be read. */
export function parsePageSize(auxv: Buffer): number {
  for (let at = 0; at + 16 <= auxv.length; at += 16) {
    if (auxv.readBigUInt64LE(at) === 6n) return Number(auxv.readBigUInt64LE(at + 8));
  }
  return 4096;
}
