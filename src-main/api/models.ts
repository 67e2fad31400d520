import type { HeaderMetadata } from '../platform/modelFiles/modelHeader.ts';
import type { ModelChange, ModelVersion } from '#contract/models.ts';
import type { CacheScanner, HashKeeper, ImportService, ModelRegistry, RemovalService } from '../features/models/index.ts';
import { liveStream } from './liveStream.ts';
import type { Api } from './api.ts';

/** What the calls on models are bound to. */
export interface ModelCalls {
  readonly registry: ModelRegistry;
  readonly imports: ImportService;
  readonly hashes: HashKeeper;
  readonly scanner: CacheScanner;
  readonly removal: RemovalService;
  readonly readMetadata: (version: ModelVersion) => Promise<HeaderMetadata>;
  /** @throws database.read_only */
  readonly requireWritable: () => void;
}

export function modelHandlers(api: Api['models'], calls: ModelCalls) {
  const { registry, imports, hashes, scanner, removal, readMetadata, requireWritable } = calls;
  return {
    list: api.list.handler(() => registry.list()),
    get: api.get.handler(({ input }) => registry.resolve(input.model)),
    watch: api.watch.handler(({ signal }) => liveStream<ModelChange>({
      first: () => [{ kind: 'snapshot', versions: registry.list() }],
      subscribe: (add) => [registry.onDidChange(add)],
      keyOf: (change) => (change.kind === 'changed' ? change.version.id : change.kind === 'removed' ? change.versionId : null),
      signal,
    })),
    metadata: api.metadata.handler(({ input }) => readMetadata(registry.resolve(input.model))),
    update: api.update.handler(({ input }) => { requireWritable(); return registry.update(input.model, input.set); }),
    setAlias: api.setAlias.handler(({ input }) => { requireWritable(); return registry.setAlias(input.alias, input.model); }),
    removeAlias: api.removeAlias.handler(({ input }) => { requireWritable(); registry.removeAlias(input.alias); }),
    listRoles: api.listRoles.handler(() => registry.listRoles()),
    assignRole: api.assignRole.handler(({ input }) => { requireWritable(); return registry.assignRole(input.role, input.model, input.note); }),
    revertRole: api.revertRole.handler(({ input }) => { requireWritable(); return registry.revertRole(input.role); }),
    removeRole: api.removeRole.handler(({ input }) => { requireWritable(); registry.removeRole(input.role); }),
    addParent: api.addParent.handler(({ input }) => { requireWritable(); return registry.addParent(input.model, input.parent); }),
    lineage: api.lineage.handler(({ input }) => registry.lineage(input.model)),
    planRemoval: api.planRemoval.handler(({ input }) => removal.plan(input.model)),
    remove: api.remove.handler(({ input: { model, force } }) => { requireWritable(); return removal.remove(model, { force }); }),
    inspectPath: api.inspectPath.handler(({ input }) => imports.inspectPath(input.path)),
    importFrom: api.importFrom.handler(({ input, signal }) => { requireWritable(); return imports.importFrom({ ...input, signal }); }),
    scanCaches: api.scanCaches.handler(() => { requireWritable(); return scanner.scan(); }),
    verify: api.verify.handler(({ input, signal }) => { requireWritable(); return hashes.verify(input.model, signal); }),
  };
}
