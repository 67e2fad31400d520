import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TestBackend } from './backend.ts';

const program = fileURLToPath(new URL('../fakes/engines-chat/main.ts', import.meta.url));

/** A stand-in engine that runs until it is stopped. */
export interface ChatEngine {
  /** Its base address, with `/v1`. */
  readonly baseUrl: string;
  stop(): Promise<void>;
}

/** Starts an engine that answers without a model, one piece every `paceMs`; what it is to say may stand in a file. */
export async function startChatEngine({ paceMs, answersPath }: { paceMs: number; answersPath?: string }): Promise<ChatEngine> {
  const child = spawn(process.execPath, [program, `--pace=${paceMs}`, ...(answersPath === undefined ? [] : [`--answers=${answersPath}`])], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data') as [Buffer];
  return {
    baseUrl: line.toString().trim(),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** Makes an engine known to a backend as a model of another machine. */
export async function addChatModel({ client }: Pick<TestBackend, 'client'>, name: string, { baseUrl }: ChatEngine, set: { slots?: number; contextTokens?: number } = {}): Promise<void> {
  await client.modelConfigs.create({ name, model: null, engine: 'external', external: { baseUrl, keyVariable: null, model: null }, ...set });
}
