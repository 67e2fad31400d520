/**
 * The entry of the child process of one embedded engine. The first line of its input is its configuration as JSON; it
 * ends at once when its input closes, because then its parent is gone. What happens is told on its output, an event a line.
 */
import { runEngine } from './runEngine.ts';
import { waitForReader } from './waitForReader.ts';

waitForReader(process.stderr);
await runEngine();
