import type { ServedModel } from '#contract/serving.ts';
import type { BackendClient } from './backendClient.ts';
import { ProgressLine, toBar } from './progressLine.ts';

/** Shows how far the load of a model is, until the signal ends it. */
export async function showLoad(client: BackendClient, model: string, signal: AbortSignal): Promise<void> {
  const line = new ProgressLine();
  try {
    const config = (await client.modelConfigs.list({}, { signal })).find(({ name, aliases }) => [name, ...aliases].includes(model));
    if (config === undefined) return;
    for await (const { models } of await client.serving.watch({}, { signal })) {
      const served = models.find(({ configId }) => configId === config.id);
      if (served?.state === 'queued' || served?.state === 'loading') line.showText(toLoadLine(served), `${served.state} ${Math.floor((served.progress ?? 0) * 10)}`);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    line.end();
  }
}

/** `demo  [######------]   42 %  loading` */
export function toLoadLine({ name, state, progress }: Pick<ServedModel, 'name' | 'state' | 'progress'>): string {
  return [name, progress === null ? '' : toBar(progress), state === 'queued' ? 'queued' : 'loading'].filter(Boolean).join('  ');
}
