/**
 * What the last lines of a llama.cpp program say about its end; null for nothing known.
 * Source: what llama.cpp v0.4.0, ggml and its CUDA and Vulkan backends log when an allocation or a file fails.
 */
export function readFailure(text: string): 'out_of_memory' | 'unreadable' | null {
  if (/out of memory|failed to allocate|unable to allocate|cudaMalloc failed|ErrorOutOfDeviceMemory|not enough memory|bad_alloc/i.test(text)) return 'out_of_memory';
  if (/error loading model|failed to load model|invalid magic|unknown model architecture|missing tensor|is corrupted|not a GGUF|Invalid GGUF/i.test(text)) return 'unreadable';
  return null;
}
