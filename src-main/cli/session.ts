import type { Command } from 'commander';
import { readConfig, type AppConfig } from '../app/config.ts';
import { connectToBackend, type BackendClient } from './backendClient.ts';
import { createOutput, type Output } from './output.ts';
import { ensureBackend } from './runningBackend.ts';

/** What a command works with. */
export interface Session {
  readonly client: BackendClient;
  readonly output: Output;
  readonly config: AppConfig;
}

interface SharedOptions { home?: string; json?: boolean }

/** The options that every command takes, wherever they stand. */
export function readShared(command: Command): { config: AppConfig; output: Output } {
  const { home, json } = command.optsWithGlobals<SharedOptions>();
  return { config: readConfig({ home }), output: createOutput(json === true) };
}

/** Runs a command against the backend, which is started in the background if none runs. */
export async function withBackend(command: Command, work: (session: Session) => Promise<void>): Promise<void> {
  const { config, output } = readShared(command);
  const connection = await ensureBackend({ socketPath: config.socket, home: config.home });
  await work({ client: connection.client, output, config });
  connection.close();
}

/** Runs a command only if a backend runs; else gives null. */
export async function withRunningBackend(command: Command, work: (session: Session) => Promise<void>): Promise<boolean> {
  const { config, output } = readShared(command);
  const connection = await connectToBackend(config.socket);
  if (connection === null) return false;
  await work({ client: connection.client, output, config });
  connection.close();
  return true;
}
