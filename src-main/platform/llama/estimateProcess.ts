/** The entry of the process that reads models' headers for estimates: a hostile file takes this process, never the backend. */
import { truncateSync } from 'node:fs';
import { estimateModel } from './estimateModel.ts';
import { estimateRequest } from './estimateProtocol.ts';

let queue: Promise<unknown> = Promise.resolve();

process.on('message', (message) => {
  const { id, question } = estimateRequest.parse(message);
  queue = queue.then(async () => {
    try {
      if (question.sizeBytes !== null) truncateSync(question.path, question.sizeBytes);
      process.send?.({ id, estimate: await estimateModel(question) });
    } catch (error) {
      process.send?.({ id, refusal: error instanceof Error ? error.message : String(error) });
    }
  });
});
process.on('disconnect', () => { process.kill(process.pid, 'SIGKILL'); });
