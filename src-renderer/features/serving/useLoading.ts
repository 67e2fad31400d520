import { useTranslation } from 'react-i18next';
import { useApp } from '../../app/appContext.tsx';
import { parseHash } from '../../app/route.ts';

/** Views that show by themselves what is loaded. */
function isSeen(): boolean {
  const { area, rest: [page = 'library'] } = parseHash(window.location.hash);
  return area === 'chat' || (area === 'models' && (page === 'library' || page === 'serving'));
}

/** Loads and unloads by name or configuration; what went well elsewhere than on screen becomes a toast. */
export function useLoading(): { load: (model: string) => void; unload: (model: string, options?: { force: boolean }) => void } {
  const { t } = useTranslation();
  const { client, toast, toastError } = useApp();
  const say = ({ name }: { name: string }): void => { if (!isSeen()) toast({ tone: 'ok', title: t('serving.loaded', { name }) }); };
  return {
    load: (model) => { client.serving.load({ model }).then(say, toastError); },
    unload: (model, { force } = { force: false }) => { client.serving.unload({ model, force }).catch(toastError); },
  };
}
