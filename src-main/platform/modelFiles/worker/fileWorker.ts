// The thread that reads models' files: headers of any content, pickles, hashes and copies. One request after the other.
import { parentPort } from 'node:worker_threads';
import { HeaderError } from '../headerError.ts';
import { scanPickleFile } from '../pickle/pickleScan.ts';
import { readMemoryShape, readMetadata, readModel } from '../readModel.ts';
import type { FileAnswer, FileMessage, FileRequest } from './fileWorkerMessages.ts';
import { hashFile } from './hashFile.ts';

function send(message: FileMessage): void {
  parentPort?.postMessage(message);
}

function answer(request: FileRequest, onProgress: (doneBytes: number) => void): FileAnswer {
  switch (request.kind) {
    case 'header': return { kind: 'header', header: readModel(request.format, request.paths) };
    case 'metadata': return { kind: 'metadata', metadata: readMetadata(request.format, request.path) };
    case 'memory': return { kind: 'memory', shape: readMemoryShape(request.paths) };
    case 'scan': return { kind: 'scan', findings: scanPickleFile(request.path) };
    case 'hash': return { kind: 'hash', ...hashFile(request.path, { onProgress }) };
    case 'copy': return { kind: 'hash', ...hashFile(request.path, { to: request.to, onProgress }) };
  }
}

parentPort?.on('message', ({ id, request }: { id: number; request: FileRequest }) => {
  try {
    send({ kind: 'answer', id, answer: answer(request, (doneBytes) => { send({ kind: 'progress', id, doneBytes }); }) });
  } catch (error) {
    if (error instanceof HeaderError) send({ kind: 'failed', id, problem: error.problem, reason: error.message });
    else if (error instanceof Error) send({ kind: 'failed', id, problem: 'code' in error ? String(error.code) : 'unreadable', reason: error.message });
    else throw error;
  }
});
