import { request } from 'node:http';
import { z } from 'zod';

/** Where an engine answers HTTP: an origin, through a local socket where `socketPath` is set. */
export interface EngineEndpoint { readonly origin: string; readonly socketPath: string | null; readonly headers: Readonly<Record<string, string>> }

export type EngineHealth =
  | { readonly kind: 'loading'; readonly progress: number | null }
  | { readonly kind: 'ready' }
  | { readonly kind: 'silent' };

const loading = z.object({ progress: z.number() });

/** Asks `/health`: 200 is ready, 503 is loading, everything else and no answer is silent. Does not throw. */
export function readEngineHealth({ origin, socketPath, headers }: EngineEndpoint, signal: AbortSignal): Promise<EngineHealth> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve) => {
    const asking = request({ ...(socketPath === null ? { hostname, port } : { socketPath }), path: '/health', headers: { ...headers, connection: 'close' }, signal }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => { text += piece; });
      response.on('error', () => { resolve({ kind: 'silent' }); });
      response.on('end', () => { resolve(toHealth(response.statusCode, text)); });
    });
    asking.on('error', () => { resolve({ kind: 'silent' }); });
    asking.end();
  });
}

function toHealth(status: number | undefined, text: string): EngineHealth {
  if (status === 200) return { kind: 'ready' };
  if (status !== 503) return { kind: 'silent' };
  try {
    return { kind: 'loading', progress: loading.safeParse(JSON.parse(text)).data?.progress ?? null };
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: 'loading', progress: null };
    throw error;
  }
}
