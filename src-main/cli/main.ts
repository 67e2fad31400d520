import { Command } from 'commander';
import { explainOldNode } from '../app/nodeVersion.ts';

const problem = explainOldNode();
if (problem !== null) {
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}

const { createProgram } = await import('./program.ts');
const { explainError } = await import('./output.ts');

/** A pipe takes what was printed bit by bit; an exit before would cut it. A reader that has gone, such as `head`, is no fault. */
function flushOutput(): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.once('error', () => { resolve(); });
    process.stdout.write('', () => { resolve(); });
  });
}

try {
  await createProgram(new Command()).parseAsync(process.argv);
  await flushOutput();
  process.exit(process.exitCode ?? 0);
} catch (error) {
  process.stderr.write(`${explainError(error)}\n`);
  process.exit(1);
}
