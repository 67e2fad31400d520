import { parseArgs } from 'node:util';
import { explainOldNode } from '../app/nodeVersion.ts';

const problem = explainOldNode();
if (problem !== null) {
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}

const { values } = parseArgs({
  options: { home: { type: 'string' }, port: { type: 'string' }, open: { type: 'boolean', default: false }, quiet: { type: 'boolean', default: false } },
  allowPositionals: false,
});
const { runHeadless } = await import('./runHeadless.ts');
await runHeadless({ home: values.home, port: values.port === undefined ? undefined : Number(values.port), shouldOpen: values.open, isQuiet: values.quiet });
