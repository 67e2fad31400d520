import { createServer } from 'node:net';
import { join } from 'node:path';
import { chromium, type BrowserContext } from 'playwright-core';
import { ignoreClosed } from './rejections.ts';
import { shimPaths } from './shimPaths.ts';

interface RunningBrowser {
  context: BrowserContext;
  /** Where a test attaches its own Playwright. */
  endpoint: string;
}

let running: Promise<RunningBrowser> | null = null;

/** Starts Chromium once; its profile lies in the application's user data, as Electron's does. */
export function launchBrowser(): Promise<RunningBrowser> {
  running ??= launch();
  return running;
}

export async function closeBrowser(): Promise<void> {
  if (!running) return;
  const { context } = await running;
  await context.close().catch(ignoreClosed);
}

async function launch(): Promise<RunningBrowser> {
  const port = await findFreePort();
  const context = await chromium.launchPersistentContext(join(shimPaths.get('userData'), 'chromium'), {
    executablePath: shimPaths.chromium,
    viewport: null,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: [
      '--no-sandbox', '--disable-background-networking', `--remote-debugging-port=${port}`,
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
    ],
  });
  return { context, endpoint: `http://127.0.0.1:${port}` };
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address && typeof address === 'object') resolve(address.port);
        else reject(new Error('no free port'));
      });
    });
  });
}
