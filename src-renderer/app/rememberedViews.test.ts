import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ConnectionLostError } from '../client/connection.ts';
import { createSettingStore } from '../features/settings/settingStore.ts';
import { Views } from './rememberedViews.ts';

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

function makeViews({ isConnected = () => true }: { isConnected?: () => boolean } = {}): { views: Views; saved: unknown[]; reported: unknown[] } {
  const saved: unknown[] = [];
  const reported: unknown[] = [];
  const rememberView = ({ name, value }: { name: string; value: unknown }): Promise<void> => {
    if (!isConnected()) return Promise.reject(new ConnectionLostError());
    saved.push([name, value]);
    return Promise.resolve();
  };
  const views = new Views({ client: { settings: { rememberView } }, store: createSettingStore(), report: (error) => { reported.push(error); } });
  return { views, saved, reported };
}

test('a change is saved before anything else happens to the window', () => {
  const { views, saved } = makeViews();

  views.set('frame.parts', { isPanelOpen: true });
  views.set('terminals.tabs', ['shell']);

  expect(saved).toEqual([['frame.parts', { isPanelOpen: true }], ['terminals.tabs', ['shell']]]);
});

test('of many changes in a row the first and the last are saved, each once', async () => {
  const { views, saved } = makeViews();

  for (const width of [200, 210, 220, 230]) views.set('frame.width', width);
  await vi.advanceTimersByTimeAsync(5_000);
  views.set('frame.width', 240);

  expect(saved).toEqual([['frame.width', 200], ['frame.width', 230], ['frame.width', 240]]);
});

test('a value that comes back to what was saved leaves nothing behind', async () => {
  const { views, saved } = makeViews();

  for (const isWrapped of [true, false, true]) views.set('runs.isLogWrapped', isWrapped);
  await vi.advanceTimersByTimeAsync(5_000);
  await views.flush();

  expect(saved).toEqual([['runs.isLogWrapped', true]]);
});

test('what could not be saved for want of a connection is saved with the next one, and nobody is told', async () => {
  let isConnected = false;
  const { views, saved, reported } = makeViews({ isConnected: () => isConnected });

  views.set('frame.width', 200);
  await vi.advanceTimersByTimeAsync(5_000);
  isConnected = true;
  await views.flush();
  await views.flush();

  expect([saved, reported]).toEqual([[['frame.width', 200]], []]);
});
