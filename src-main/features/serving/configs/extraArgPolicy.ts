/**
 * Arguments of llama-server that Wheelhouse sets itself: where it listens, its key, what it loads, and what has a typed setting.
 * Source: llama-server --help of the llama.cpp that node-llama-cpp 3.21.1 carries.
 */
const TAKEN = new Set([
  '--host', '--port', '--reuse-port', '--path', '--api-prefix', '--api-key', '--api-key-file', '--ssl-key-file', '--ssl-cert-file', '--no-webui', '--webui',
  '-m', '--model', '-mu', '--model-url', '-hf', '-hfr', '--hf-repo', '-hff', '--hf-file', '-hft', '--hf-token', '-a', '--alias', '--models-dir', '--models-preset', '--models-max',
  '-c', '--ctx-size', '-np', '--parallel', '-ngl', '--gpu-layers', '--n-gpu-layers', '-sm', '--split-mode', '-ts', '--tensor-split', '-mg', '--main-gpu', '-dev', '--device', '--list-devices',
  '-ctk', '--cache-type-k', '-ctv', '--cache-type-v', '-fa', '--flash-attn', '-t', '--threads', '-b', '--batch-size',
  '--chat-template', '--chat-template-file', '--lora', '--lora-scaled', '-mm', '--mmproj', '-md', '--model-draft', '--draft', '--draft-max', '--draft-min',
  '--embedding', '--embeddings', '--rerank', '--reranking', '-h', '--help', '--usage', '--version', '--log-file', '--log-disable',
]);

/** The first free argument that sets what is set already; null when none does. Values of arguments are not looked at. */
export function findTakenArgument(args: readonly string[]): string | null {
  return args.map((arg) => arg.split('=')[0] ?? arg).find((name) => TAKEN.has(name)) ?? null;
}
