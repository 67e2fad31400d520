import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The least that a proxy in Node can be: the request goes on as it comes, and so does the answer. Takes the origin behind it as its argument. */
const behind = new URL(process.argv[2] ?? '');
const agent = new Agent({ keepAlive: true });

const server = createServer((incoming, response) => {
  const { method, url, headers } = incoming;
  const asking = request({ hostname: behind.hostname, port: behind.port, method, path: url, headers, agent }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  asking.on('error', () => { response.destroy(); });
  incoming.pipe(asking);
});

process.stdin.resume().once('close', () => { process.exit(0); });
server.listen(0, '127.0.0.1', () => { console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`); });
