import { FileByteSource, toByteSource, type ByteSource } from '../byteSource.ts';
import { HeaderError } from '../headerError.ts';
import type { ScanFinding } from '../worker/fileWorkerMessages.ts';
import { judgeImport } from './importPolicy.ts';
import { readPickle, type PickleImport } from './pickleImports.ts';
import { listZip, readZipEntry, type ZipEntry } from './zipEntries.ts';

const MAX_DEPTH = 3;
const MAX_ENTRY_BYTES = 256 * 1024 * 1024;
const MAX_UNPACKED_BYTES = 1024 * 1024 * 1024;
const MAX_FINDINGS = 200;
/** Old checkpoints are several pickles in a row and then the raw numbers. */
const MAX_PICKLES = 8;
/** `torch.save` before its zips: a number by which it is known, its protocol, the system, the object, the keys of the numbers. */
const TORCH_MAGIC = '\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.';
const TORCH_PICKLES = 5;
const TAR_BLOCK = 512;
const MAX_TAR_FILES = 1_000;
/** What torch reads as numbers alone, whatever stands there. */
const RAW_TENSOR = /(^|\/)data\/\d+$/;
const PICKLE_NAME = /\.(pkl|pickle|joblib|dill|pt|pth|ckpt|bin|dat|data)$|(^|\/)(data|constants|pickle|storages|tensors|sys_info)(\.pkl)?$/i;

/**
 * Says which imports of a pickled checkpoint are not known to be harmless. Nothing is unpickled: opcodes are read, in torch's zip
 * files, in old tar files, in zips in zips and in plain pickles.
 *
 * Shape: each name once, dangerous ones first; empty where nothing was found. What cannot be looked into is `unscannable`.
 * Errors: what the system says about the file.
 */
export function scanPickleFile(path: string): ScanFinding[] {
  using source = new FileByteSource(path);
  const scan = new PickleScan();
  scan.look(source, 0);
  return scan.findings;
}

const RANK: Record<ScanFinding['level'], number> = { dangerous: 0, suspicious: 1, unscannable: 2 };

class PickleScan {
  readonly #found = new Map<string, ScanFinding>();
  #unpackedBytes = 0;

  get findings(): ScanFinding[] {
    return [...this.#found.values()].toSorted((a, b) => RANK[a.level] - RANK[b.level]);
  }

  look(source: ByteSource, depth: number): void {
    try {
      if (startsWith(source, 0, 'PK\x03\x04') || startsWith(source, 0, 'PK\x05\x06')) this.#lookIntoZip(source, depth);
      else if (startsWith(source, 257, 'ustar')) this.#lookIntoTar(source, depth);
      else this.#readPickles(source);
    } catch (error) {
      if (!(error instanceof HeaderError)) throw error;
      this.#add({ level: 'unscannable', name: error.message });
    }
  }

  #lookIntoZip(source: ByteSource, depth: number): void {
    if (depth >= MAX_DEPTH) throw new HeaderError('too_large', 'zips in zips');
    for (const entry of listZip(source)) {
      if (!RAW_TENSOR.test(entry.name) && (PICKLE_NAME.test(entry.name) || looksPickled(source, entry))) this.#lookAtEntry(source, entry, depth);
    }
  }

  #lookAtEntry(source: ByteSource, entry: ZipEntry, depth: number): void {
    try {
      const bytes = readZipEntry(source, entry, MAX_ENTRY_BYTES);
      this.#unpackedBytes += bytes.length;
      if (this.#unpackedBytes > MAX_UNPACKED_BYTES) throw new HeaderError('too_large', 'unpacks to more than a checkpoint has');
      this.look(toByteSource(bytes), depth + 1);
    } catch (error) {
      if (!(error instanceof HeaderError)) throw error;
      this.#add({ level: 'unscannable', name: `${entry.name.slice(0, 120)}: ${error.message}` });
    }
  }

  #lookIntoTar(source: ByteSource, depth: number): void {
    if (depth >= MAX_DEPTH) throw new HeaderError('too_large', 'archives in archives');
    for (let at = 0, n = 0; at + TAR_BLOCK <= source.sizeBytes; n += 1) {
      if (n >= MAX_TAR_FILES) throw new HeaderError('too_large', 'more files than a checkpoint has');
      const header = source.read(at, TAR_BLOCK);
      if (header[0] === 0) return;
      const size = Number.parseInt(header.toString('latin1', 124, 136).replaceAll('\0', '').trim(), 8);
      if (!Number.isSafeInteger(size) || size < 0) throw new HeaderError('malformed', 'a broken tar');
      if (size > 0) this.look(slice(source, at + TAR_BLOCK, size), depth + 1);
      at += TAR_BLOCK + Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;
    }
  }

  #readPickles(source: ByteSource): void {
    let at = readPickle(source, 0, (one) => { this.#judge(one); });
    const isTorch = startsWith(source, 0, TORCH_MAGIC);
    for (let n = 1; n < MAX_PICKLES && at < source.sizeBytes; n += 1) {
      const further: PickleImport[] = [];
      try {
        at = readPickle(source, at, (one) => further.push(one));
      } catch (error) {
        if (!(error instanceof HeaderError)) throw error;
        // Torch runs its first pickles as far as they go; behind them, and behind others, numbers stand that mean nothing as opcodes.
        const isRun = isTorch && n < TORCH_PICKLES;
        further.forEach((one) => { if (isRun) this.#judge(one); else this.#judgeNumbers(one); });
        if (isRun) throw error;
        return;
      }
      for (const one of further) this.#judge(one);
    }
  }

  #judge({ module, name }: PickleImport): void {
    const finding = module === null || name === null ? { level: 'dangerous' as const, name: 'an import whose name is made at run time' } : judgeImport(module, name);
    if (finding !== null) this.#add(finding);
  }

  /** Of what may be numbers only a name that is dangerous as it stands is no accident. */
  #judgeNumbers({ module, name }: PickleImport): void {
    const isName = module !== null && name !== null && /^[\w.]+$/.test(`${module}.${name}`);
    const finding = isName ? judgeImport(module, name) : null;
    if (finding?.level === 'dangerous') this.#add(finding);
  }

  #add(finding: ScanFinding): void {
    const isRoom = this.#found.size < MAX_FINDINGS || finding.level === 'dangerous';
    if (isRoom) this.#found.set(`${finding.level} ${finding.name}`, finding);
  }
}

function looksPickled(source: ByteSource, entry: ZipEntry): boolean {
  if (entry.sizeBytes < 2) return false;
  try {
    const head = readZipEntry(source, entry.method === 0 ? { ...entry, packedBytes: Math.min(entry.packedBytes, 4) } : entry, MAX_ENTRY_BYTES);
    return (head[0] === 0x80 && (head[1] ?? 9) <= 5) || head.subarray(0, 4).toString('latin1') === 'PK\x03\x04';
  } catch (error) {
    if (error instanceof HeaderError) return true;
    throw error;
  }
}

function startsWith(source: ByteSource, offset: number, text: string): boolean {
  return source.sizeBytes >= offset + text.length && source.read(offset, text.length).toString('latin1') === text;
}

function slice(source: ByteSource, offset: number, length: number): ByteSource {
  if (offset + length > source.sizeBytes) throw new HeaderError('truncated', 'the file ends early');
  return { sizeBytes: length, read: (at, count) => { if (at < 0 || at + count > length) throw new HeaderError('truncated', 'the file ends early'); return source.read(offset + at, count); } };
}
