import { useTranslation } from 'react-i18next';
import { useApp } from '../../app/appContext.tsx';

/** Loads and unloads by name; what goes wrong elsewhere than on screen becomes a toast. */
export function useLoading(): { load: (model: string) => void; unload: (model: string, options?: { force: boolean }) => void } {
  const { t } = useTranslation();
  const { client, toast, toastError } = useApp();
  return {
    load: (model) => { client.serving.load({ model }).then(({ name }) => { toast({ tone: 'ok', title: t('serving.loaded', { name }) }); }, toastError); },
    unload: (model, { force } = { force: false }) => { client.serving.unload({ model, force }).catch(toastError); },
  };
}
