import { PanelLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { classNames } from '../base/classNames.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { Tooltip } from '../ui/Tooltip.tsx';
import { useApp } from './appContext.tsx';
import { listAreas, toPlace } from './areas.ts';
import type { Area } from './areas.ts';
import { toHash } from './route.ts';

/** The areas: icons, and words when it is wide. */
export function Rail({ current }: { current: string }): ReactNode {
  const { t } = useTranslation();
  const { view } = useApp();
  const isWide = useStore(view, (state) => state.isRailOpen);
  return (
    <nav aria-label={t('app.rail')} className={classNames('flex shrink-0 flex-col gap-0.5 border-r border-line bg-panel p-1', isWide ? 'w-42' : 'w-rail')}>
      {listAreas().map((area, index) => <RailLink key={area.id} area={area} shortcut={`Ctrl+${index + 1}`} isWide={isWide} isCurrent={area.id === current} />)}
      <IconButton label={t('app.action.rail')} shortcut="Ctrl+B" tooltipSide="right" icon={<PanelLeft size={16} aria-hidden />} className={classNames('mt-auto h-8.5', isWide ? 'ml-1 w-8.5' : 'w-full')} onClick={() => { view.setState({ isRailOpen: !isWide }); }} />
    </nav>
  );
}

interface RailLinkProps { area: Area; shortcut: string; isWide: boolean; isCurrent: boolean }

function RailLink({ area, shortcut, isWide, isCurrent }: RailLinkProps): ReactNode {
  const { t } = useTranslation();
  const { view } = useApp();
  const places = useStore(view, (state) => state.places);
  const name = t(`app.areas.${area.id}`);
  return (
    <Tooltip content={name} shortcut={shortcut} side="right">
      <a
        href={toHash(area.id, ...toPlace(area, places))}
        aria-label={isWide ? undefined : name}
        aria-current={isCurrent ? 'page' : undefined}
        className={classNames(
          'relative flex h-8.5 items-center gap-2.5 rounded-sm no-underline',
          isWide ? 'px-2.5' : 'justify-center',
          isCurrent ? 'bg-selected font-medium text-text' : 'text-muted hover:bg-hover hover:text-text',
        )}
      >
        <area.icon size={17} aria-hidden className="shrink-0" />
        {isWide ? <span className="truncate">{name}</span> : null}
        {area.Count === undefined ? null : <span className={isWide ? 'ml-auto inline-flex' : 'absolute top-1 right-1 inline-flex'}><area.Count isDot={!isWide} /></span>}
      </a>
    </Tooltip>
  );
}
