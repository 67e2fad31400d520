import { ModelRegistry, ModelRepository, NameBook, RoleRepository, VersionBook, type FoundVersion } from '../../src-main/features/models/index.ts';
import { JournalRepository, JournalService } from '../../src-main/features/journal/index.ts';
import { modelChange } from '#contract/models.ts';
import { systemClock } from '../../src-main/base/clock.ts';
import { silentLog } from '../../src-main/base/logger.ts';
import { openDatabase } from '../../src-main/platform/sqlite/database.ts';
import { migrations } from '../../src-main/platform/sqlite/migrations.ts';
import { toBenchRow, type BenchRow } from './benchRow.ts';

const VERSIONS = 2_000;

/** How long it takes to read, list and write out 2 000 versions. */
export async function benchModelList(): Promise<BenchRow[]> {
  const { database } = openDatabase({ path: ':memory:', migrations, nowMs: systemClock.nowMs(), log: silentLog });
  const create = (): ModelRegistry => {
    const names = new NameBook(new RoleRepository(database));
    const journal = new JournalService({ repository: new JournalRepository(database), clock: systemClock, isReadOnly: false });
    return new ModelRegistry({ versions: new VersionBook(new ModelRepository(database), names), names, journal, clock: systemClock });
  };
  const filling = create();
  filling.start();
  database.transaction(() => { for (let n = 0; n < VERSIONS; n += 1) filling.record(aFound(n)); })();

  const registry = create();
  const startedMs = time(() => { registry.start(); });
  const listedMs = best(() => { modelChange.parse({ kind: 'snapshot', versions: registry.list() }); });
  const writtenMs = best(() => { JSON.stringify(registry.list()); });
  const resolvedMs = best(() => { for (let n = 0; n < 100; n += 1) registry.resolve(`owner/model-${n}`); }) / 100;
  database.close();
  return [
    toBenchRow({ name: `models: ${VERSIONS} versions read at the start`, measured: startedMs, unit: 'ms', atMost: 500 }),
    toBenchRow({ name: `models: ${VERSIONS} versions listed, checked and written out`, measured: listedMs + writtenMs, unit: 'ms', atMost: 50 }),
    toBenchRow({ name: 'models: a name resolved among them', measured: resolvedMs, unit: 'ms', atMost: 1 }),
  ];
}

function aFound(n: number): FoundVersion {
  const sha256 = n.toString(16).padStart(64, '0');
  return {
    modelName: `owner/model-${n >> 2}`, label: ['Q4_K_M', 'Q5_K_M', 'Q6_K', 'Q8_0'][n % 4] ?? 'F16', format: 'gguf', kind: 'model', family: 'llama', sizeBytes: 4e9 + n, contentSha256: sha256,
    source: { kind: 'hub', repo: `owner/model-${n >> 2}`, revision: 'main', commit: sha256.slice(0, 40) }, files: [{ path: `model-${n}.gguf`, sizeBytes: 4e9 + n, sha256, role: 'weights' }],
    facts: { architecture: 'llama', parameterCount: 8e9, quantisation: 'Q4_K_M', bitsPerWeight: 4.8, contextTokens: 131_072, embeddingLength: 4_096, layerCount: 32, hasChatTemplate: true, licence: 'mit', capabilities: ['chat', 'completion', 'tools'], pickleFindings: [] },
    storage: 'shared', folder: `/models/${n}`, modifiedAtMs: 1, parents: [{ relation: 'base_model', versionId: null, name: `far/model-${n >> 2}` }],
  };
}

function time(work: () => void): number {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}

function best(work: () => void): number {
  return Math.min(...Array.from({ length: 9 }, () => time(work)));
}
