import { Command } from 'commander';
import { explainOldNode } from '../app/nodeVersion.ts';

const problem = explainOldNode();
if (problem !== null) {
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}

const { createProgram } = await import('./program.ts');
const { explainError } = await import('./output.ts');

try {
  await createProgram(new Command()).parseAsync(process.argv);
  process.exit(process.exitCode ?? 0);
} catch (error) {
  process.stderr.write(`${explainError(error)}\n`);
  process.exit(1);
}
