import { expect, test } from 'vitest';
import { MemoryLog } from './memoryLog.ts';

const MIB = 1_048_576;

test('buffers are added up by side; the last compute buffer of a device counts', () => {
  const log = new MemoryLog();
  const lines = [
    'load_tensors:   CPU_Mapped model buffer size =   100.00 MiB', 'load_tensors:        CUDA0 model buffer size =  2000.50 MiB', 'load_tensors:        CUDA1 model buffer size =  1000.00 MiB',
    'llama_context:  CUDA_Host  output buffer size =     1.00 MiB', 'llama_kv_cache:      CUDA0 KV buffer size =   512.00 MiB', 'llama_kv_cache:      CUDA0 KV buffer size =    64.00 MiB',
    'llama_memory_recurrent:      CUDA1 RS buffer size =     8.00 MiB', 'sched_reserve:      CUDA0 compute buffer size =   300.00 MiB', 'sched_reserve:      CUDA0 compute buffer size =   320.00 MiB',
    'sched_reserve:  CUDA_Host compute buffer size =    20.00 MiB', '~llama_context:      CUDA0 compute buffer size is 320.0000 MiB, matches expectation of 320.0000 MiB', 'print_info: file size   = 0.43 MiB (32.00 BPW)',
  ];
  const changed = lines.filter((line) => log.take(line)).length;

  expect({ changed, ...log.read() }).toEqual({
    changed: 10,
    gpu: { weightsBytes: 3_000.5 * MIB, kvBytes: 584 * MIB, computeBytes: 320 * MIB },
    ram: { weightsBytes: 100 * MIB, kvBytes: 0, computeBytes: 21 * MIB },
  });
});
