import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { classifyExit } from '../../src-main/features/runs/index.ts';

/** A recorded log without the line that says where it comes from. */
function readLog(name: string): string {
  const text = readFileSync(new URL(`../fixtures/logs/${name}.txt`, import.meta.url), 'utf8');
  return text.slice(text.indexOf('\n') + 1);
}

test.each([
  ['pytorch-cuda-oom', 'out_of_gpu_memory'],
  ['pytorch-cuda-oom-old', 'out_of_gpu_memory'],
  ['llama-cpp-cuda-oom', 'out_of_gpu_memory'],
  ['llama-cpp-compute-oom', 'out_of_gpu_memory'],
  ['llama-cpp-cpu-oom', 'out_of_memory'],
  ['kernel-oom', 'out_of_memory'],
])('the recorded log %s is told as %s', (name, cause) => {
  const verdict = classifyExit({ exitCode: 1, signal: null, logTail: readLog(name), oomKilled: false, wantedStop: false });

  expect(verdict.cause).toBe(cause);
  expect(readLog(name)).toContain(verdict.evidence);
});

test('a kill is out of memory only where the kernel counted one', () => {
  const killed = { exitCode: null, signal: 'SIGKILL', logTail: 'step 400 of 1000\n', wantedStop: false };

  expect([true, false].map((oomKilled) => classifyExit({ ...killed, oomKilled }).cause)).toEqual(['out_of_memory', 'killed']);
});
