import { join } from 'node:path';
import type { BackendClient } from '../../src-main/cli/backendClient.ts';
import { makeTinyGguf, makeToolCallingGguf, TINY_ANSWER } from '../fakes/models/makeTinyGguf.ts';
import { makeHome, startBackend, type TestBackend } from './backend.ts';
import type { ClientPlace } from './clientSmokes.ts';

/** A real backend that serves tiny models with one kind of engine. */
export interface ServingBackend { readonly backend: TestBackend; readonly place: ClientPlace }

const MODELS = ['tiny', 'tools', 'vectors'] as const;
/** llama.cpp's number for the mean of all tokens. */
const MEAN_POOLING = 1;
const VECTOR_LENGTH = 64;

export async function startServingBackend(engine: 'embedded' | 'llama-server', env: Record<string, string> = {}): Promise<ServingBackend> {
  const home = makeHome();
  makeTinyGguf(join(home, 'tiny.gguf'));
  makeToolCallingGguf(join(home, 'tools.gguf'));
  makeTinyGguf(join(home, 'vectors.gguf'), { name: 'Vectors', chatTemplate: null, extraEntries: [['llama.pooling_type', 'u32', MEAN_POOLING]], hiddenSize: VECTOR_LENGTH });
  const backend = await startBackend({ home, env: { WHEELHOUSE_SERVING_LOOPBACK_WITHOUT_KEY: 'off', ...env } });
  for (const name of MODELS) await importModel(backend.client, join(home, `${name}.gguf`), name);
  for (const name of MODELS) await backend.client.modelConfigs.create({ name: `local/${name}:test`, model: name, engine, contextTokens: 2_048, slots: 2, threads: 1, gpuLayers: 0 });
  const { secret } = await backend.client.apiKeys.create({ name: 'clients' });
  return {
    backend,
    place: {
      url: backend.url, apiKey: secret, model: 'local/tiny:test', prompt: 'Who are you?', answer: TINY_ANSWER,
      tool: { model: 'local/tools:test', prompt: 'What is the weather in Bergen?', name: 'get_weather', args: { city: 'Bergen' } }, embedding: { model: 'local/vectors:test', length: VECTOR_LENGTH },
    },
  };
}

async function importModel(client: BackendClient, path: string, name: string): Promise<void> {
  for await (const progress of await client.models.importFrom({ path, name })) if (progress.kind === 'done') return;
  throw new Error(`${name} was not imported`);
}
