import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toServerArgs } from '../../../../src-main/platform/llama/llamaServerArgs.ts';
import { aLaunch } from '../../../support/llamaWorld.ts';
import { DirectEngine, findProgram, type EngineSpec } from './directEngine.ts';
import type { Place } from './place.ts';

/** llama-server's own way to serve several models, with room for one, and the same arguments for each. */
export interface Router { placeOf(name: string): Place; stop(): Promise<void> }

export async function startRouter(names: readonly string[], spec: Omit<EngineSpec, 'name'>): Promise<Router> {
  const folder = mkdtempSync(join(tmpdir(), 'wh-router-'));
  for (const name of names) symlinkSync(spec.modelPath, join(folder, `${name}.gguf`));
  const args = toServerArgs({ ...aLaunch(spec), modelPath: spec.modelPath }, { socketPath: null, templatePath: null }, () => true);
  const router = await DirectEngine.startProgram(findProgram(), ['--models-dir', folder, '--models-max', '1', ...withoutModel(args)], '');
  return {
    placeOf: (model) => ({ ...router.place, model }),
    stop: async () => { await router.stop(); rmSync(folder, { recursive: true }); },
  };
}

function withoutModel(args: readonly string[]): string[] {
  return args.filter((arg, index) => ![arg, args[index - 1]].some((one) => one === '--model' || one === '--alias'));
}
