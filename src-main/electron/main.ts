import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app } from 'electron';
import { readConfig } from '../app/config.ts';
import { createBackend } from '../app/createBackend.ts';
import { fetchRunningLink } from '../cli/runningBackend.ts';
import type { Host } from '../platform/host/host.ts';
import { openLog } from '../platform/log/createLog.ts';
import { createElectronPtyHostStarter, toUnpackedPath } from './electronPtyHostStarter.ts';
import { startDesktop, type OpenedBackend } from './startDesktop.ts';

/** The folder that holds dist and resources: the repository, or the packed app's archive. */
const appFolder = fileURLToPath(new URL('../..', import.meta.url));
/** What other programs read or run lies beside the archive. */
const unpackedFolder = toUnpackedPath(appFolder);
const read = readConfig({ resources: appFolder, version: app.getVersion() });
const config = {
  ...read,
  stockBlueprints: join(unpackedFolder, 'blueprints'),
  versionsFile: join(unpackedFolder, 'versions.env'),
  modelCaches: { ...read.modelCaches, stock: join(unpackedFolder, 'resources', 'models') },
};
const toEntry = (name: string): string => join(unpackedFolder, 'dist', 'electron', `${name}.mjs`);
const { log } = openLog({ path: join(config.logs, 'desktop.log'), level: config.logLevel, maxBytes: 1024 * 1024, keepFiles: 2 });

startDesktop({ appFolder, paths: { home: config.home, logs: config.logs }, log, openBackend });

async function openBackend(host: Host): Promise<OpenedBackend> {
  const startHostProcess = createElectronPtyHostStarter({ environment: config.environment });
  const backend = await createBackend(config, {
    host, startHostProcess,
    ptyHostEntry: join(appFolder, 'dist', 'electron', 'ptyHost.mjs'),
    nvmlEntry: toEntry('nvmlProcess'),
    ggufWorkerEntry: toEntry('ggufWorker'),
    transferEntry: toEntry('transferProcess'),
    fileWorkerEntry: toEntry('fileWorker'),
    engineEntry: toEntry('llamaEngine'),
    estimateEntry: toEntry('estimateProcess'),
  });
  if (backend === null) return { kind: 'elsewhere', link: await fetchRunningLink(config.socket) };
  await backend.start();
  return {
    kind: 'started',
    backend: {
      settings: backend.features.settings,
      notices: backend.notices,
      get liveCount() { return backend.liveCount; },
      onDidChangeLiveCount: backend.onDidChangeLiveCount,
      onDidRequestStop: backend.onDidRequestStop,
      connectWindow: (ports) => backend.connectWindow(ports),
      stop: (options) => backend.stop(options),
    },
  };
}
