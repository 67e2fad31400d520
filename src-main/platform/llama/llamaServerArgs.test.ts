import { expect, test } from 'vitest';
import type { LlamaLaunch } from './llamaLaunch.ts';
import { toServerArgs } from './llamaServerArgs.ts';

const launch: LlamaLaunch & { modelPath: string } = {
  name: 'm', modelPath: '/m.gguf', mmprojPath: null, draftPath: null, adapters: [], contextTokens: 4_096, slots: 4, gpuLayers: 33, threads: 6, purpose: 'generate', environment: {},
  settings: { kvTypeK: 'q8_0', kvTypeV: 'f16', splitMode: 'layer', tensorSplit: [3, 1], batchTokens: 512, flashAttention: 'on', chatTemplate: null, draft: null, extraArgs: ['--mlock'] },
};
const listen = { socketPath: '/s.sock', templatePath: null };
const pairOf = (args: readonly string[], flag: string): string | undefined => (args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined);

test('the context of all slots, devices, cache types and free arguments are passed on', () => {
  const args = toServerArgs(launch, listen, () => true);

  expect(['--host', '--ctx-size', '--parallel', '--n-gpu-layers', '--tensor-split', '--cache-type-k', '--cache-type-v', '--flash-attn', '--fit'].map((flag) => pairOf(args, flag)))
    .toEqual(['/s.sock', '16384', '4', '33', '3,1', 'q8_0', 'f16', 'on', 'off']);
  expect({ last: args.at(-1), port: pairOf(args, '--port') }).toEqual({ last: '--mlock', port: undefined });
});

test('without layers no device is taken, and without a socket it listens on a free port of this machine', () => {
  const args = toServerArgs({ ...launch, gpuLayers: 0 }, { ...listen, socketPath: null }, () => true);

  expect(['--n-gpu-layers', '--device', '--host', '--port', '--tensor-split'].map((flag) => pairOf(args, flag))).toEqual(['0', 'none', '127.0.0.1', '0', undefined]);
});

test('adapters, a projector, a draft and a template have their flags', () => {
  const args = toServerArgs({ ...launch, mmprojPath: '/p.gguf', draftPath: '/d.gguf', adapters: [{ path: '/a.gguf', scale: 0.5 }, { path: '/b.gguf', scale: 1 }] }, { ...listen, templatePath: '/t.jinja' }, () => true);

  expect(['--mmproj', '--model-draft', '--spec-type', '--chat-template-file'].map((flag) => pairOf(args, flag))).toEqual(['/p.gguf', '/d.gguf', 'draft-simple', '/t.jinja']);
  expect(args.filter((_, index) => args[index - 1] === '--lora-scaled')).toEqual(['/a.gguf:0.5', '/b.gguf:1']);
});

test('a program that does not know a newer flag is not given it', () => {
  const args = toServerArgs(launch, listen, (flag) => flag !== '--fit' && flag !== '--cache-ram');

  expect([args.includes('--fit'), args.includes('--cache-ram'), args.includes('off')]).toEqual([false, false, true]);
});

test('what embeds takes its whole context in one batch', () => {
  const args = toServerArgs({ ...launch, purpose: 'embed' }, listen, () => true);

  expect({ batch: pairOf(args, '--ubatch-size'), hasFlag: args.includes('--embeddings') }).toEqual({ batch: '4096', hasFlag: true });
});
