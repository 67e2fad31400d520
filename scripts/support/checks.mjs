import { existsSync } from 'node:fs';
import { runCommand } from './commands.mjs';
import { inRoot, pinnedNode, toolEnvironment } from './project.mjs';

const tool = (...parts) => inRoot('node_modules', ...parts);

const folders = ['src-main', 'src-renderer', 'src-preload', 'test', 'scripts'];
const projects = ['tsconfig.json', 'src-main/contract/tsconfig.json', 'src-renderer/tsconfig.json', 'src-preload/tsconfig.json'];

/** What is checked without running the product; each counts as one test. */
export const checks = [
  { name: 'types', run: checkTypes },
  { name: 'lint', run: () => runTool([tool('eslint', 'bin', 'eslint.js'), '--max-warnings', '0', '.']) },
  { name: 'dependency rules', run: () => runTool([tool('dependency-cruiser', 'bin', 'dependency-cruiser.mjs'), '--config', '.dependency-cruiser.cjs', ...folders.filter((folder) => existsSync(inRoot(folder)))]) },
];

/** Runs the checks next to each other and resolves with one result each, in order. */
export function runChecks(say) {
  return Promise.all(checks.map(async ({ name, run }) => {
    const { status, output, tookMs } = await run();
    const hasPassed = status === 0;
    say(`${hasPassed ? 'passed' : 'FAILED'}  ${name} (${(tookMs / 1000).toFixed(1)} s)`);
    return { name, state: hasPassed ? 'passed' : 'failed', message: hasPassed ? '' : output.trim() };
  }));
}

async function checkTypes() {
  const results = [];
  for (const project of projects) results.push(await runTool([tool('typescript', 'bin', 'tsc'), '-p', project]));
  return {
    status: results.every(({ status }) => status === 0) ? 0 : 1,
    output: results.map(({ output }) => output).join(''),
    tookMs: results.reduce((sum, { tookMs }) => sum + tookMs, 0),
  };
}

function runTool(args) {
  return runCommand(pinnedNode(), args, { isQuiet: true, env: toolEnvironment(), timeoutMs: 10 * 60_000 });
}
