import { existsSync, mkdtempSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeLargerGguf } from '../../../fakes/models/makeTinyGguf.ts';

/** The model that comes with the app. */
const DEMO = fileURLToPath(new URL('../../../../resources/models/wheelhouse-guide.gguf', import.meta.url));

/** What is measured with: the demo model, and a synthetic one of 130 MB that talks for ever. */
export const MODEL_KINDS = ['demo', 'larger'] as const;
export type ModelKind = (typeof MODEL_KINDS)[number];

/** The folder that the benches of one run share; `scripts/bench.mjs` makes and removes it. */
const folder = process.env['WHEELHOUSE_BENCH_FOLDER'] ?? mkdtempSync(join(tmpdir(), 'wh-bench-'));

/** Makes what is not there yet. */
export function ensureModel(kind: ModelKind): string {
  if (kind === 'demo') return DEMO;
  const path = join(folder, 'larger.gguf');
  if (!existsSync(path)) {
    makeLargerGguf(`${path}.part`, { isLooping: true });
    renameSync(`${path}.part`, path);
  }
  return path;
}
