import './ui/tokens.css';
import { createRoot } from 'react-dom/client';
import { createApp, createReporter } from './app/createApp.ts';
import { AppProvider } from './app/appContext.tsx';
import { Frame } from './app/Frame.tsx';
import { i18next, startI18n } from './app/i18n.ts';
import { Opening } from './app/Opening.tsx';
import { registerAreas } from './app/registerAreas.ts';
import { createStores, keepStores } from './app/stores.ts';
import { keepLook } from './app/theme.ts';
import { createToastStore } from './app/toastStore.ts';
import { Signal } from './base/signal.ts';
import { connect } from './client/connect.ts';
import type { Translate } from './client/problems.ts';
import type { SettingStore } from './features/settings/settingStore.ts';

function whenReady(store: SettingStore): Promise<void> {
  return new Promise((resolve) => {
    const unsubscribe = store.subscribe(({ isReady }) => {
      if (!isReady) return;
      unsubscribe();
      resolve();
    });
  });
}

async function openWindow(element: HTMLElement): Promise<void> {
  const root = createRoot(element);
  const connection = connect();
  const stores = createStores();
  const toasts = createToastStore();
  const announced = new Signal<string>();
  const t: Translate = (key, values) => i18next.t(key, values);
  const ready = whenReady(stores.settings);
  keepStores(stores, connection, createReporter(toasts, t));
  connection.start();
  await startI18n();
  registerAreas();
  keepLook(stores.settings);
  root.render(<Opening connection={connection} />);
  await ready;
  const app = createApp({ connection, stores, toasts, t, announce: (text) => { announced.fire(text); } });
  root.render(<AppProvider value={app}><Frame onAnnounce={announced.subscribe} /></AppProvider>);
}

const element = document.getElementById('root');
if (element) await openWindow(element);
