import { readFileSync } from 'node:fs';
import { doesSucceed, findCommand, runCommand } from './commands.mjs';

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
  const names = missing.map((tool) => tool.package);
  if (!canInstall()) {
    for (const tool of missing) say(`missing: ${tool.package}, ${tool.what} (on Debian or Ubuntu: sudo apt-get install -y ${tool.package})`);
    return;
  }
  say(`installing ${names.join(' and ')} with apt-get`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const onWait = (seconds) => { say(`apt-get: still at it after ${seconds} s`); };
  await runCommand('apt-get', ['update', '-q'], { isQuiet: true, env, onWait });
  const { status, output } = await runCommand('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...names], { isQuiet: true, env, onWait });
  if (status !== 0) say(`apt-get could not install them:\n${output.trim().split('\n').slice(-5).join('\n')}`);
}

function canInstall() {
  return process.getuid?.() === 0 && Boolean(findCommand('apt-get')) && /^ID(_LIKE)?=.*debian/m.test(readRelease());
}

function readRelease() {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return '';
    throw error;
  }
}
