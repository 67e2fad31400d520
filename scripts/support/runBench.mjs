// Runs the one bench that a file exports and sends its rows to the parent. Started by scripts/bench.mjs on the pinned Node.
import { pathToFileURL } from 'node:url';

const module = await import(pathToFileURL(process.argv[2]).href);
const benches = Object.entries(module).filter(([name, value]) => name.startsWith('bench') && typeof value === 'function');
if (benches.length !== 1) throw new Error(`${process.argv[2]} exports ${benches.length} functions bench…, not one`);
const rows = await benches[0][1]();
process.send(rows, () => { process.exit(0); });
