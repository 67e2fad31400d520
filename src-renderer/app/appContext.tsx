import { createContext, use } from 'react';
import type { Client } from '../client/client.ts';
import type { Connection } from '../client/connection.ts';
import type { FramePort } from '../client/frames.ts';
import type { ActionRegistry } from './actionRegistry.ts';
import type { Stores } from './stores.ts';
import type { Toast, ToastStore } from './toastStore.ts';
import type { Views } from './rememberedViews.ts';
import type { ViewStore } from './viewStore.ts';

/** What every component may reach. The same object for as long as the window lives. */
export interface App {
  client: Client;
  connection: Connection;
  frames: FramePort;
  stores: Stores;
  views: Views;
  view: ViewStore;
  actions: ActionRegistry;
  toasts: ToastStore;
  /** Says that something happened elsewhere. */
  toast: (toast: Toast) => void;
  /** Says what went wrong with something that has no better place. */
  toastError: (error: unknown) => void;
  /** Read aloud, not shown: a change of status that matters. */
  announce: (text: string) => void;
}

const AppContext = createContext<App | null>(null);

export const AppProvider = AppContext.Provider;

export function useApp(): App {
  const app = use(AppContext);
  if (app === null) throw new Error('useApp outside of AppProvider');
  return app;
}
