// The process that reads NVIDIA's library: its first argument. It answers one request at a time and ends with its parent.
import { NvmlError, NvmlLibrary } from './nvmlLibrary.ts';
import { nvmlRequest, type NvmlReply } from './nvmlMessages.ts';
import { NvmlReader } from './nvmlReader.ts';

const DEFAULT_LIBRARY = process.platform === 'win32' ? 'nvml.dll' : 'libnvidia-ml.so.1';

function send(reply: NvmlReply, then: () => void = () => undefined): void {
  process.send?.(reply, then);
}

function serve(reader: NvmlReader): void {
  process.on('message', (message) => {
    const { id } = nvmlRequest.parse(message);
    try {
      send({ kind: 'reading', id, gpus: reader.read() });
    } catch (error) {
      if (!(error instanceof NvmlError)) throw error;
      send({ kind: 'failed', id, reason: error.message });
    }
  });
}

process.on('disconnect', () => { process.exit(0); });
try {
  serve(new NvmlReader(new NvmlLibrary(process.argv[2] ?? DEFAULT_LIBRARY)));
} catch (error) {
  if (!(error instanceof NvmlError)) throw error;
  send({ kind: 'unusable', reason: error.message, code: error.code }, () => { process.exit(0); });
}
