import { readFileSync } from 'node:fs';
import { findCommand, runCommand } from './commands.mjs';

/** Whether packages of the system may be installed here: Debian or a relative of it, as root. */
export function canInstallPackages() {
  return process.getuid?.() === 0 && Boolean(findCommand('apt-get')) && /^ID(_LIKE)?=.*debian/m.test(readRelease());
}

/** Installs packages with apt-get and resolves with whether it went well; says why where it did not. */
export async function installPackages(names, say) {
  say(`installing ${names.join(' and ')} with apt-get`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const onWait = (seconds) => { say(`apt-get: still at it after ${seconds} s`); };
  await runCommand('apt-get', ['update', '-q'], { isQuiet: true, env, onWait });
  const { status, output } = await runCommand('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...names], { isQuiet: true, env, onWait });
  if (status !== 0) say(`apt-get could not install them:\n${output.trim().split('\n').slice(-5).join('\n')}`);
  return status === 0;
}

function readRelease() {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return '';
    throw error;
  }
}
