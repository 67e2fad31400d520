import type { Connection } from '../client/connection.ts';
import { toProblem } from '../client/problems.ts';
import type { Translate } from '../client/problems.ts';
import { ActionRegistry } from './actionRegistry.ts';
import type { App } from './appContext.tsx';
import type { Stores } from './stores.ts';
import { addToast } from './toastStore.ts';
import type { Toast, ToastStore } from './toastStore.ts';
import { Views } from './rememberedViews.ts';
import { createViewStore } from './viewStore.ts';

/** What stands before the first snapshot of the settings. */
export interface AppParts {
  connection: Connection;
  stores: Stores;
  toasts: ToastStore;
  t: Translate;
  announce: (text: string) => void;
}

/** Makes a reporter of errors that have no better place than a toast. */
export function createReporter(toasts: ToastStore, t: Translate): (error: unknown) => void {
  return (error) => {
    const { sentence, why } = toProblem(error, t);
    addToast(toasts, { tone: 'error', title: sentence, text: why });
  };
}

/** Puts together what components reach; the settings have arrived, and with them the remembered views. */
export function createApp({ connection, stores, toasts, t, announce }: AppParts): App {
  const toastError = createReporter(toasts, t);
  const { client, frames } = connection;
  const views = new Views({ client, store: stores.settings, report: toastError });
  connection.onOpen(() => { views.flush().catch(toastError); });
  window.addEventListener('pagehide', () => { views.flush().catch(toastError); });
  return {
    client, connection, frames, stores, views, toasts, toastError, announce,
    view: createViewStore(views),
    actions: new ActionRegistry(toastError),
    toast: (toast: Toast) => { addToast(toasts, toast); },
  };
}
