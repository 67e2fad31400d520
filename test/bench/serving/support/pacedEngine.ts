import { fileURLToPath } from 'node:url';
import { startProgram, type Program } from './program.ts';

const PROGRAM = fileURLToPath(new URL('../../../fakes/engines-paced/main.ts', import.meta.url));

/** An engine that stamps each piece of its answers. */
export function startPacedEngine(): Promise<Program> {
  return startProgram(PROGRAM);
}

/** So many pieces, so far apart. */
export function toPacedQuestion(pieces: number, apartMs: number): object {
  return { messages: [{ role: 'user', content: 'Go.' }], max_tokens: pieces, seed: apartMs };
}
