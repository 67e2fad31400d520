import { expect, test } from 'vitest';
import { openPty } from './nodePty.ts';

test('what a child printed is all read, even where nobody reads for a while after its end', async () => {
  const chunks: Buffer[] = [];
  const exited = Promise.withResolvers<number>();
  const pty = openPty({
    command: '/bin/sh', args: ['-c', 'seq 1 500; exit 2'], cwd: '/', env: { PATH: '/usr/bin:/bin' }, columns: 80, rows: 24,
    onData: (chunk) => { chunks.push(chunk); },
    onExit: ({ exitCode }) => { exited.resolve(exitCode); },
  });
  pty.pause();
  expect(await exited.promise).toBe(2);
  expect(Buffer.concat(chunks).toString().trim().split('\r\n')).toEqual(Array.from({ length: 500 }, (_, index) => String(index + 1)));
});
