import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findBuiltServer, sourceBundle } from './llamaBuild.mjs';
import { inRoot, pinnedNode, toolEnvironment } from './project.mjs';

const LIMIT_MS = 8 * 60_000;
const SAY_EVERY_MS = 15_000;

/**
 * Builds llama-server for the tests that want it, at low priority beside what else runs. `settle` waits for it, up to
 * eight minutes after its start; a build that is not done by then is left for the next time, and its tests skip.
 */
export function startLlamaServerBuild(say) {
  if (findBuiltServer() || !existsSync(sourceBundle())) return { settle: async () => {} };
  say('llama-server is not built on this machine: building it beside the other steps');
  const child = spawn(pinnedNode(), [inRoot('scripts', 'build-llama-server.mjs'), '--background'], { env: toolEnvironment(), stdio: ['ignore', 'ignore', 'pipe'] });
  let lastLine = 'starting';
  child.stderr.setEncoding('utf8').on('data', (text) => { lastLine = text.trim().split('\n').at(-1) ?? lastLine; });
  const ended = new Promise((resolve) => {
    child.once('error', (error) => { lastLine = error.message; resolve(null); });
    child.once('close', resolve);
  });
  const stop = () => { child.kill('SIGTERM'); };
  process.once('exit', stop);
  const limit = setTimeout(stop, LIMIT_MS);
  return {
    settle: async () => {
      const tell = setInterval(() => { say(`waiting for llama-server: ${lastLine}`); }, SAY_EVERY_MS);
      await ended;
      clearInterval(tell);
      clearTimeout(limit);
      process.off('exit', stop);
      say(findBuiltServer() ? 'llama-server is built' : `llama-server is not built, and its tests skip: ${lastLine}`);
    },
  };
}
