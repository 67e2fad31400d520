#!/usr/bin/env node
// Starts the app: the desktop shell where Electron is, else the headless shell for a browser. `--headless` asks for that one.
import { existsSync } from 'node:fs';
import { buildChanged } from './build.mjs';
import { ensureSetUp } from './setup.mjs';
import { chooseOpener, ensureElectron, hasDisplay } from './support/desktop.mjs';
import { runInForeground, startDetached } from './support/programs.mjs';
import { createProgress, PlainError, runMain } from './support/progress.mjs';
import { inRoot, pinnedNode, root, toolEnvironment } from './support/project.mjs';

const say = createProgress('start');

await runMain('start', async () => {
  const args = process.argv.slice(2);
  await ensureSetUp();
  await buildChanged();
  const electron = await chooseDesktop(args);
  process.exitCode = electron ? await runDesktop(electron, args) : await runHeadless(args);
});

/** Electron's path, or null after one line that says why the browser is used instead. */
async function chooseDesktop(args) {
  if (args.includes('--headless')) return null;
  if (!hasDisplay()) {
    say('no display here: open the address below in a browser');
    return null;
  }
  const electron = existsSync(inRoot('dist/electron/main.mjs')) ? await ensureElectron(say) : null;
  if (!electron) say('the desktop shell (Electron) cannot be had here: the window opens in a browser');
  return electron;
}

function runDesktop(electron, args) {
  const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
  return runInForeground(electron, [root, ...(isRoot ? ['--no-sandbox'] : []), ...args]);
}

function runHeadless(args) {
  const entry = inRoot('src-main/headless/main.ts');
  if (!existsSync(entry)) throw new PlainError('src-main/headless/main.ts does not exist');
  const shouldOpen = hasDisplay() && !args.includes('--headless') && !args.includes('--no-open');
  const options = { env: toolEnvironment(), ...(shouldOpen ? { onOutput: createAddressWatcher(openWindow) } : {}) };
  return runInForeground(pinnedNode(), [entry, ...args.filter((arg) => arg !== '--no-open' && arg !== '--headless')], options);
}

/** Calls back once with the first address that stands in the output. */
function createAddressWatcher(onAddress) {
  let seen = '';
  let isDone = false;
  return (text) => {
    if (isDone) return;
    seen += text;
    const url = /https?:\/\/[^\s"'<>]+(?=\s)/.exec(seen)?.[0];
    if (!url) return;
    isDone = true;
    onAddress(url);
  };
}

function openWindow(url) {
  const opener = chooseOpener(url);
  if (opener) startDetached(opener.command, opener.args);
  else say('no browser was found: open the address above yourself');
}
