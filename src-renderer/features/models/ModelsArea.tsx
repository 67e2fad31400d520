import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useActions } from '../../app/actions.ts';
import { useApp } from '../../app/appContext.tsx';
import { useRoute } from '../../app/route.ts';
import { Segmented } from '../../ui/Segmented.tsx';
import { KeysView } from '../serving/keys/KeysView.tsx';
import { ServingView } from '../serving/ServingView.tsx';
import { isUnderWay } from './downloadStore.ts';
import { DownloadsView } from './downloads/DownloadsView.tsx';
import { HubView } from './hub/HubView.tsx';
import { LibraryView } from './library/LibraryView.tsx';
import { modelPages, showModelPage, toModelPlace } from './modelPlace.ts';
import type { ModelPage, ModelPlace } from './modelPlace.ts';

/** What models are here, where to get more, what is on its way, what is loaded, and who may use it. */
export function ModelsArea(): ReactNode {
  const { t } = useTranslation();
  const { page, rest } = toModelPlace(useRoute());
  useActions(modelPages.map((each) => ({ id: `models.show.${each}`, title: t('models.showPage', { page: t(`models.page.${each}`) }), area: t('models.title'), isEnabled: () => true, run: () => { showModelPage(each); } })));
  return <Page page={page} rest={rest} switcher={<Switcher page={page} />} />;
}

function Page({ page, rest, switcher }: ModelPlace & { switcher: ReactNode }): ReactNode {
  const first = rest[0] ?? null;
  switch (page) {
    case 'library': return <LibraryView switcher={switcher} versionId={first} />;
    case 'hub': return <HubView switcher={switcher} repo={rest.length < 2 ? null : rest.slice(0, 2).join('/')} />;
    case 'downloads': return <DownloadsView switcher={switcher} />;
    case 'serving': return <ServingView switcher={switcher} chosen={first} />;
    case 'keys': return <KeysView switcher={switcher} />;
  }
}

function Switcher({ page }: { page: ModelPage }): ReactNode {
  const { t } = useTranslation();
  const { stores } = useApp();
  const underWay = useStore(stores.downloads, ({ downloads }) => downloads.filter(isUnderWay).length);
  const options = modelPages.map((value) => ({ value, label: value === 'downloads' && underWay > 0 ? t('models.downloadsWith', { count: underWay }) : t(`models.page.${value}`) }));
  return <Segmented<ModelPage> label={t('models.pages')} value={page} options={options} onChange={(next) => { showModelPage(next); }} />;
}
