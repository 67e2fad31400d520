import { doesSucceed, findCommand } from './commands.mjs';
import { canInstallPackages, installPackages } from './systemPackages.mjs';

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Chromium for the tests: the one that WHEELHOUSE_TEST_CHROMIUM names, else the system's; null where there is none. */
export function findChromium() {
  return process.env.WHEELHOUSE_TEST_CHROMIUM ?? BROWSERS.map((name) => findCommand(name)).find(Boolean) ?? null;
}

/**
 * Installs what the tests need and the machine lacks, where that is possible (Debian, as root); says what to install
 * elsewhere. Tests that need what is still missing skip with the reason.
 */
export async function ensureTestTools(say) {
  const missing = [];
  if (!findChromium()) missing.push({ package: 'chromium', what: 'a browser for the tests of the window' });
  if (!doesSucceed('python3', ['-c', 'import venv, ensurepip'])) missing.push({ package: 'python3-venv', what: 'Python environments for the tests of blueprints' });
  if (missing.length === 0) return;
  if (canInstallPackages()) {
    await installPackages(missing.map((tool) => tool.package), say);
    return;
  }
  for (const tool of missing) say(`missing: ${tool.package}, ${tool.what} (on Debian or Ubuntu: sudo apt-get install -y ${tool.package})`);
}
