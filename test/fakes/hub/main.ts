// The stand-in hub as a program: `main.ts OPTIONS.json`, or options on standard input with `-`. Prints one line of JSON
// with its two addresses, then answers until it is told to end or its standard input closes.
import { readFileSync } from 'node:fs';
import { FakeHub } from './fakeHub.ts';
import type { FakeHubOptions } from './fakeRepo.ts';

const source = process.argv[2] ?? '-';
const options = JSON.parse(source === '-' ? await readLine() : readFileSync(source, 'utf8')) as FakeHubOptions;
const hub = new FakeHub(options);
await hub.start();
console.log(JSON.stringify({ url: hub.url, cdnUrl: hub.cdnUrl }));

const stop = (): void => { hub.stop().then(() => { process.exit(0); }, () => { process.exit(1); }); };
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
if (source === '-') process.stdin.on('end', stop).resume();

async function readLine(): Promise<string> {
  let text = '';
  return new Promise((resolve) => {
    process.stdin.on('data', (bytes: Buffer) => {
      text += bytes.toString();
      if (text.endsWith('\n')) resolve(text);
    });
  });
}
