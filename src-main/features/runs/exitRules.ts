/** Why a run ended. `none` is an end that was wanted or announced itself as success. */
export type ExitCause =
  | 'none' | 'out_of_gpu_memory' | 'out_of_memory' | 'cuda_mismatch' | 'port_in_use' | 'missing_module' | 'missing_command'
  | 'disk_full' | 'network' | 'permission' | 'killed' | 'unknown';

/** One way in which a log line shows a cause; the group `subject` is what the line names. */
export interface ExitRule {
  readonly cause: ExitCause;
  /** Whether a program that prints this line has no other way than to end. */
  readonly isCertain: boolean;
  readonly pattern: RegExp;
}

const certain = (cause: ExitCause, ...patterns: RegExp[]): ExitRule[] => patterns.map((pattern) => ({ cause, isCertain: true, pattern }));
const likely = (cause: ExitCause, ...patterns: RegExp[]): ExitRule[] => patterns.map((pattern) => ({ cause, isCertain: false, pattern }));

/** In the order in which they are asked of one line. Source: the texts in the table test beside this file. */
export const exitRules: readonly ExitRule[] = [
  ...certain('out_of_gpu_memory',
    /(?:CUDA|HIP|XPU) out of memory\..*?GPU (?<subject>\d+)/,
    /(?:CUDA|HIP|XPU|MPS backend) out of memory/i,
    /torch\.(?:cuda\.)?OutOfMemoryError/,
    /CUDA error: out of memory/i,
    /cudaMalloc failed: out of memory/,
    /allocating [\d.]+ MiB on device (?<subject>\d+): .*(?:failed|out of memory)/,
    /unable to allocate (?:CUDA|ROCm|Vulkan|Metal)\d* buffer/,
    /ErrorOutOfDeviceMemory|VK_ERROR_OUT_OF_DEVICE_MEMORY/,
    /CUBLAS_STATUS_ALLOC_FAILED|CUDNN_STATUS_ALLOC_FAILED/,
    /No available memory for the cache blocks/,
    /Free memory on device .* is less than desired GPU memory utilization/),
  ...certain('cuda_mismatch',
    /CUDA driver version is insufficient for CUDA runtime version/,
    /NVIDIA driver on your system is too old \(found version (?<subject>\d+)\)/,
    /no kernel image is available for execution on the device/,
    /Torch not compiled with CUDA enabled/,
    /Found no NVIDIA driver on your system/,
    /detected CUDA version \((?<subject>[\d.]+)\) mismatches the version that was used to compile/,
    /forward compatibility was attempted on non supported HW/,
    /provided PTX was compiled with an unsupported toolchain/,
    /(?<subject>lib(?:cuda|cudart|cublas|cublasLt|cudnn|cufft|nvrtc|nccl|nvJitLink)[\w-]*\.so[\d.]*): cannot open shared object file/,
    /undefined symbol: (?<subject>_ZN\w*(?:c10|torch|2at)\w*)/,
    /Driver\/library version mismatch/),
  ...certain('disk_full',
    /No space left on device(?:: '(?<subject>[^']+)')?/,
    /\bENOSPC\b/,
    /Disk quota exceeded|\bEDQUOT\b/,
    /not enough (?:free )?(?:disk )?space/i),
  ...certain('port_in_use',
    /EADDRINUSE.*?:(?<subject>\d{2,5})\b/,
    /\bport:? (?<subject>\d{2,5})\b.*(?:in use|not available|occupied)/i,
    /(?:address already in use|couldn't bind|could not bind|failed to bind).*(?:port:? |:)(?<subject>\d{2,5})\b/i,
    /[:,] ?(?<subject>\d{2,5})\)?:? .*address already in use/i,
    /Cannot find empty port in range: (?<subject>\d+)/,
    /address already in use|EADDRINUSE/i),
  ...certain('out_of_memory',
    /Out of memory: Killed process \d+ \((?<subject>[^)]+)\)/,
    /(?:^|[^\w.])MemoryError\b|_ArrayMemoryError/,
    /std::bad_alloc/,
    /DefaultCPUAllocator: (?:not enough memory|can't allocate memory)/,
    /JavaScript heap out of memory/,
    /ggml_aligned_malloc: insufficient memory/,
    /unable to allocate CPU(?:_\w+)? buffer/,
    /\[Errno 12\]|Cannot allocate memory/),
  ...certain('missing_module',
    /ModuleNotFoundError: No module named '(?<subject>[^']+)'/,
    /: No module named '?(?<subject>[\w.]+)'?$/,
    /ImportError: cannot import name '(?<subject>[^']+)'/,
    /Cannot find (?:module|package) '(?<subject>[^']+)'/),
  ...likely('missing_command',
    /(?:^|[\s:])(?<subject>[\w.+/-]+): command not found/,
    /^\S+: \d+: (?<subject>[\w.+/-]+): not found$/,
    /env: [‘'](?<subject>[^’']+)[’']: No such file or directory/,
    /FileNotFoundError: \[Errno 2\] No such file or directory: '(?<subject>[\w+-]+)'/,
    /spawn (?<subject>\S+) ENOENT/,
    /(?<subject>\S+): bad interpreter: /,
    /line \d+: (?<subject>\S+): No such file or directory/),
  ...likely('permission',
    /(?:PermissionError|Permission denied|EACCES|EPERM|Operation not permitted)\b.*?'(?<subject>[^']+)'/,
    /'?(?<subject>[^\s:']+)'?: (?:Permission denied|Operation not permitted)/,
    /PermissionError|Permission denied|\bEACCES\b|\bEPERM\b|Operation not permitted/),
  ...likely('network',
    /Could not resolve host: (?<subject>\S+)/,
    /getaddrinfo (?:ENOTFOUND|EAI_AGAIN) (?<subject>\S+)/,
    /host='(?<subject>[^']+)'.*(?:Max retries|timed out|Failed to establish)/,
    /unable to access 'https?:\/\/(?<subject>[^/']+)/,
    /Temporary failure in name resolution|Name or service not known|nodename nor servname/,
    /Failed to establish a new connection|Network is unreachable|No route to host/,
    /Connection (?:refused|reset|timed out)|connect ETIMEDOUT|ECONNRE(?:SET|FUSED)/,
    /ReadTimeoutError|ConnectTimeout|MaxRetryError|ProxyError|CERTIFICATE_VERIFY_FAILED/,
    /\(from versions: none\)|LocalEntryNotFoundError|OfflineModeIsEnabled/),
];
