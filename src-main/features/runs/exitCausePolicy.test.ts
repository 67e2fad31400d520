import fc from 'fast-check';
import { expect, test } from 'vitest';
import { classifyExit } from './exitCausePolicy.ts';
import type { ExitFacts } from './exitCausePolicy.ts';

const facts = (given: Partial<ExitFacts>): ExitFacts => ({ exitCode: 1, signal: null, logTail: '', oomKilled: false, wantedStop: false, ...given });

test.each([
  // PyTorch
  ['torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 1 has a total capacity of 23.64 GiB of which 1.02 GiB is free.', 'out_of_gpu_memory', '1'],
  ['RuntimeError: CUDA error: out of memory', 'out_of_gpu_memory', null],
  ['RuntimeError: MPS backend out of memory (MPS allocated: 8.00 GB, other allocations: 1.2 GB, max allowed: 9.07 GB).', 'out_of_gpu_memory', null],
  ['RuntimeError: CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`', 'out_of_gpu_memory', null],
  ['ValueError: Free memory on device (3.9/23.6 GiB) on startup is less than desired GPU memory utilization (0.9, 21.3 GiB).', 'out_of_gpu_memory', null],
  ['RuntimeError: The NVIDIA driver on your system is too old (found version 11040). Please update your GPU driver', 'cuda_mismatch', '11040'],
  ['RuntimeError: CUDA error: no kernel image is available for execution on the device', 'cuda_mismatch', null],
  ['AssertionError: Torch not compiled with CUDA enabled', 'cuda_mismatch', null],
  ['RuntimeError: Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU and installed a driver', 'cuda_mismatch', null],
  ['ImportError: libcudart.so.12: cannot open shared object file: No such file or directory', 'cuda_mismatch', 'libcudart.so.12'],
  ['ImportError: /x/flash_attn_2_cuda.so: undefined symbol: _ZN3c105ErrorC2ENS_14SourceLocationE', 'cuda_mismatch', '_ZN3c105ErrorC2ENS_14SourceLocationE'],
  ['The detected CUDA version (11.8) mismatches the version that was used to compile PyTorch (12.8).', 'cuda_mismatch', '11.8'],
  ["RuntimeError: [enforce fail at alloc_cpu.cpp:117] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 80 bytes.", 'out_of_memory', null],
  // llama.cpp
  ['ggml_backend_cuda_buffer_type_alloc_buffer: allocating 8000.00 MiB on device 0: cudaMalloc failed: out of memory', 'out_of_gpu_memory', null],
  ['llama_model_load: error loading model: unable to allocate CUDA0 buffer', 'out_of_gpu_memory', null],
  ['ggml_vulkan: Device memory allocation of size 1073741824 failed: vk::Device::allocateMemory: ErrorOutOfDeviceMemory', 'out_of_gpu_memory', null],
  ['ggml_cuda_init: failed to initialize CUDA: CUDA driver version is insufficient for CUDA runtime version', 'cuda_mismatch', null],
  ['ggml_aligned_malloc: insufficient memory (attempted to allocate 31250.00 MB)', 'out_of_memory', null],
  ["srv start: couldn't bind HTTP server socket, hostname: 127.0.0.1, port: 8080", 'port_in_use', '8080'],
  // Servers
  ['OSError: [Errno 98] Address already in use', 'port_in_use', null],
  ["ERROR:    [Errno 98] error while attempting to bind on address ('127.0.0.1', 19001): address already in use", 'port_in_use', '19001'],
  ['Error: listen EADDRINUSE: address already in use 127.0.0.1:19002', 'port_in_use', '19002'],
  ['ERROR: the Jupyter server could not be started because port 8888 is not available.', 'port_in_use', '8888'],
  ['TensorBoard could not bind to port 6006, it was already in use', 'port_in_use', '6006'],
  ['OSError: Cannot find empty port in range: 7860-7860. You can specify a different port', 'port_in_use', '7860'],
  // Python and pip
  ["ModuleNotFoundError: No module named 'torchsde'", 'missing_module', 'torchsde'],
  ['/usr/bin/python3: No module named http.servr', 'missing_module', 'http.servr'],
  ["ImportError: cannot import name 'cached_download' from 'huggingface_hub' (/x/__init__.py)", 'missing_module', 'cached_download'],
  ["ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device: '/home/x/env/lib'", 'disk_full', '/home/x/env/lib'],
  ["ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: '/opt/env'", 'permission', '/opt/env'],
  ["WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(\": Failed to establish a new connection: [Errno -3] Temporary failure in name resolution\")'", 'network', null],
  ["pip._vendor.urllib3.exceptions.MaxRetryError: HTTPSConnectionPool(host='pypi.invalid', port=443): Max retries exceeded with url: /simple/", 'network', 'pypi.invalid'],
  ['ERROR: Could not find a version that satisfies the requirement torch==2.13.0 (from versions: none)', 'network', null],
  ['MemoryError', 'out_of_memory', null],
  ['numpy._core._exceptions._ArrayMemoryError: Unable to allocate 74.5 GiB for an array', 'out_of_memory', null],
  // bash, git, Node
  ['run.sh: line 12: nvcc: command not found', 'missing_command', 'nvcc'],
  ['sh: 1: ffmpeg: not found', 'missing_command', 'ffmpeg'],
  ['/usr/bin/env: ‘python3.13’: No such file or directory', 'missing_command', 'python3.13'],
  ["FileNotFoundError: [Errno 2] No such file or directory: 'git'", 'missing_command', 'git'],
  ["fatal: unable to access 'https://git.invalid/x/y/': Could not resolve host: git.invalid", 'network', 'git.invalid'],
  ['cp: cannot create regular file \'/opt/x\': Permission denied', 'permission', '/opt/x'],
  ["Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'vite' imported from /x/y.js", 'missing_module', 'vite'],
  ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory', 'out_of_memory', null],
  // The kernel
  ['[12345.678] Out of memory: Killed process 4242 (python3) total-vm:66571292kB', 'out_of_memory', 'python3'],
])('%j shows its cause', (line, cause, subject) => {
  const logTail = `starting\nTraceback (most recent call last):\n\u001B[31m${line}\u001B[0m\r\nbye\n`;
  expect(classifyExit(facts({ logTail }))).toEqual({ cause, evidence: line, subject });
});

test('a wanted stop and a success have no cause, whatever the log says', () => {
  const logTail = 'CUDA out of memory';
  expect(classifyExit(facts({ logTail, exitCode: 0 })).cause).toBe('none');
  expect(classifyExit(facts({ logTail, exitCode: null, signal: 'SIGKILL', wantedStop: true })).cause).toBe('none');
});

test('KILL is a lack of memory only with the kernel’s record', () => {
  expect(classifyExit(facts({ exitCode: null, signal: 'SIGKILL', oomKilled: true })).cause).toBe('out_of_memory');
  expect(classifyExit(facts({ exitCode: 137, oomKilled: true })).cause).toBe('out_of_memory');
  expect(classifyExit(facts({ exitCode: null, signal: 'SIGKILL' }))).toEqual({ cause: 'killed', evidence: null, subject: 'SIGKILL' });
  expect(classifyExit(facts({ exitCode: 1, oomKilled: true, logTail: 'worker died' })).cause).toBe('out_of_memory');
  expect(classifyExit(facts({ exitCode: 1, oomKilled: true, logTail: 'CUDA out of memory' })).cause).toBe('out_of_gpu_memory');
});

test('a foreign TERM is told as killed, a crash as unknown with its signal', () => {
  expect(classifyExit(facts({ exitCode: null, signal: 'SIGTERM' }))).toMatchObject({ cause: 'killed', subject: 'SIGTERM' });
  expect(classifyExit(facts({ exitCode: null, signal: 'SIGSEGV', logTail: 'loading\n' }))).toEqual({ cause: 'unknown', evidence: 'loading', subject: 'SIGSEGV' });
});

test('what programs survive is outweighed by what they do not', () => {
  const logTail = "nvidia-smi: command not found\nModuleNotFoundError: No module named 'x'\nConnection refused\n";
  expect(classifyExit(facts({ logTail })).cause).toBe('missing_module');
});

test('exit codes 127 and 126 speak where the log does not', () => {
  expect(classifyExit(facts({ exitCode: 127, logTail: 'jupyterlab: Python 3.10 or newer is missing.\n' })))
    .toEqual({ cause: 'missing_command', evidence: 'jupyterlab: Python 3.10 or newer is missing.', subject: null });
  expect(classifyExit(facts({ exitCode: 126, logTail: 'run.sh: line 3: ./tool: Permission denied\n' })))
    .toMatchObject({ cause: 'permission', subject: './tool' });
});

test('an end without a known line is unknown, with its last line', () => {
  expect(classifyExit(facts({ logTail: '::wh stage run 1/1 Run\nit broke\n\n' }))).toEqual({ cause: 'unknown', evidence: 'it broke', subject: null });
  expect(classifyExit(facts({ logTail: '' }))).toEqual({ cause: 'unknown', evidence: null, subject: null });
});

test('any log is classified quickly', () => {
  const start = performance.now();
  classifyExit(facts({ logTail: `${"port 1234 host=' (from ".repeat(200)}\n`.repeat(400) }));
  expect(performance.now() - start).toBeLessThan(200);
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (logTail) => { classifyExit(facts({ logTail })); }));
});
