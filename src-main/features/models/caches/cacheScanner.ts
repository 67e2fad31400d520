import type { Logger } from '../../../base/logger.ts';
import { isDangerous, type InspectedModel, type ModelInspector } from '../inspect/modelInspector.ts';
import type { FoundVersion, ModelRegistry } from '../registry/modelRegistry.ts';
import type { VersionBook } from '../registry/versionBook.ts';
import type { CacheEntry, ListCache } from './cacheEntry.ts';
import { checkHealth } from './healthCheck.ts';

export interface CacheScannerDeps {
  /** What comes with Wheelhouse: taken in first, so that a first question has somebody to answer it. */
  readonly stock: ListCache;
  /** Places of our own. */
  readonly own: readonly ListCache[];
  /** Where other programs keep theirs. */
  readonly others: readonly ListCache[];
  readonly isListingOthers: () => boolean;
  readonly registry: ModelRegistry;
  readonly versions: VersionBook;
  readonly inspector: ModelInspector;
  readonly log: Logger;
}

export interface ScanResult { readonly found: number; readonly added: number; readonly gone: number }

/** Takes in what lies in the places that models are kept in, and notices what has gone. */
export class CacheScanner {
  readonly #deps: CacheScannerDeps;
  #scan: Promise<ScanResult> | null = null;
  #isStopping = false;

  constructor(deps: CacheScannerDeps) {
    this.#deps = deps;
  }

  /** Takes in what comes with Wheelhouse, then scans once, in the background of whatever else there is to do. */
  async start(): Promise<void> {
    const { stock, log } = this.#deps;
    await this.#takeInAll(stock).catch((error: unknown) => { log.error('models.stock_unreadable', { error }); });
    void this.scan().catch((error: unknown) => { this.#deps.log.error('models.scan_failed', { error }); });
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#scan?.catch((error: unknown) => { this.#deps.log.debug('models.scan_ended', { error }); });
  }

  /** Asked again during a scan it answers with that one. */
  scan(): Promise<ScanResult> {
    this.#scan ??= this.#run().finally(() => { this.#scan = null; });
    return this.#scan;
  }

  async #run(): Promise<ScanResult> {
    const { stock, own, others, isListingOthers, log } = this.#deps;
    let [found, added] = [0, 0];
    for (const list of [stock, ...own, ...(isListingOthers() ? others : [])]) {
      const seen = await this.#takeInAll(list);
      found += seen.found;
      added += seen.added;
    }
    const gone = this.#isStopping ? 0 : await this.#checkAll();
    log.info('models.scanned', { found, added, gone });
    return { found, added, gone };
  }

  async #takeInAll(list: ListCache): Promise<{ found: number; added: number }> {
    let [found, added] = [0, 0];
    for (const entry of await list()) {
      if (this.#isStopping) break;
      found += 1;
      if (await this.#takeIn(entry)) added += 1;
    }
    return { found, added };
  }

  /** Reads a header only where something new lies. */
  async #takeIn(entry: CacheEntry): Promise<boolean> {
    const { registry, versions, inspector, log } = this.#deps;
    if (this.#isKnown(entry)) return false;
    const { version, problem } = await inspector.inspect(entry.group, { root: entry.root, hashOf: entry.hashOf });
    if (this.#isStopping) return false;
    if (problem !== null) log.warn('models.unreadable', { path: entry.group.files[0]?.path, problem });
    const before = versions.listKept().length;
    registry.record(toFound(entry, version), { bringBack: false });
    return versions.listKept().length > before;
  }

  #isKnown({ group }: CacheEntry): boolean {
    const [first] = group.files;
    const known = first && this.#deps.versions.findByPath(first.path);
    const sizeBytes = group.files.reduce((sum, file) => sum + file.sizeBytes, 0);
    return known !== undefined && known.record.sizeBytes === sizeBytes && known.state.health !== 'missing' && known.state.health !== 'changed';
  }

  async #checkAll(): Promise<number> {
    const { registry, versions } = this.#deps;
    let gone = 0;
    for (const kept of versions.listKept()) {
      if (kept.state.isHidden) continue;
      const health = await checkHealth(kept);
      if (health === null) continue;
      if (health === 'missing') gone += 1;
      registry.setHealth(kept.record.id, health);
    }
    return gone;
  }
}

function toFound({ modelName, storage, source, isForChat = false, ...entry }: CacheEntry, version: InspectedModel['version']): FoundVersion {
  const health = isDangerous(version.facts.pickleFindings) ? 'quarantined' : version.health ?? 'ok';
  const facts = isForChat ? withChat(version.facts) : version.facts;
  return { ...version, facts, modelName: modelName ?? version.modelName, label: chooseLabel({ ...entry, source }, version.label), storage, source, health };
}

/** What only embeds or ranks stays without it. */
function withChat<F extends FoundVersion['facts']>(facts: F): F {
  const { capabilities } = facts;
  return capabilities.includes('completion') && !capabilities.includes('chat') ? { ...facts, capabilities: ['chat', ...capabilities] } : facts;
}

function chooseLabel({ label, source }: Pick<CacheEntry, 'label' | 'source'>, read: string): string {
  if (source.kind === 'cache' && source.cache === 'ollama') return label ?? read;
  return label !== null && (read === 'pickle' || read === 'onnx' || /^[0-9a-f]{8}$/.test(read)) ? label : read;
}
