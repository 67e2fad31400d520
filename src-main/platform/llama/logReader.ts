import type { LineSink } from './llamaProcess.ts';
import { MemoryLog } from './memoryLog.ts';

/** Makes a reader of llama.cpp's log: passes the lines on, and what they tell of buffers and layers. Dots of progress are left out. */
export function createLogReader(): (line: string, sink: LineSink) => void {
  const memory = new MemoryLog();
  return (line, sink) => {
    if (/^[\s.]*$/.test(line)) return;
    sink.log(line);
    if (memory.take(line)) sink.report({ kind: 'memory', ...memory.read() });
    const [, gpuLayers, layerCount] = /offloaded (\d+)\/(\d+) layers to GPU/.exec(line) ?? [];
    if (gpuLayers !== undefined) sink.report({ kind: 'layers', gpuLayers: Number(gpuLayers), layerCount: Number(layerCount) });
  };
}
