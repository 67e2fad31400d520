import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Lineage, ModelVersion } from '#contract/models.ts';
import { useApp } from '../../../app/appContext.tsx';
import { classNames } from '../../../base/classNames.ts';
import { Waiting } from '../../../ui/Waiting.tsx';
import { showVersion } from '../modelPlace.ts';
import { NODE_PX, planLineage } from './lineageLayout.ts';

/** What a version came from and what came of it, as a graph; its nodes lead to the versions that are here. */
export function LineageGraph({ version }: { version: ModelVersion }): ReactNode {
  const { t } = useTranslation();
  const { client, toastError } = useApp();
  const [lineage, setLineage] = useState<Lineage | null>(null);
  useEffect(() => {
    let isGone = false;
    client.models.lineage({ model: version.id }).then((next) => { if (!isGone) setLineage(next); }, toastError);
    return () => { isGone = true; };
  }, [client, version, toastError]);
  if (lineage === null) return <Waiting label={t('models.lineage.reading')} />;
  if (lineage.nodes.length < 2) return <p className="text-muted">{t('models.lineage.alone')}</p>;
  return <Drawing lineage={lineage} currentId={version.id} />;
}

function Drawing({ lineage, currentId }: { lineage: Lineage; currentId: string }): ReactNode {
  const { t } = useTranslation();
  const { widthPx, heightPx, nodes, edges } = planLineage(lineage);
  return (
    <div className="relative" style={{ width: widthPx, height: heightPx }}>
      <svg aria-hidden width={widthPx} height={heightPx} className="absolute inset-0">
        {edges.map(({ from, to, relation, points }) => {
          const middle = points[Math.floor(points.length / 2)] ?? { x: 0, y: 0 };
          return (
            <g key={`${from}${to}`}>
              <polyline points={points.map(({ x, y }) => `${x},${y}`).join(' ')} fill="none" className="stroke-edge" strokeWidth={1.5} />
              <text x={middle.x + 6} y={middle.y + 4} className="fill-muted text-xs">{t(`models.lineage.${relation}`)}</text>
            </g>
          );
        })}
      </svg>
      <ul aria-label={t('models.detailPage.lineage')}>
        {nodes.map(({ id, x, y }) => {
          const node = lineage.nodes.find((each) => each.id === id);
          if (node === undefined) return null;
          const { versionId, name, kind } = node;
          const look = classNames('flex h-full w-full flex-col justify-center overflow-hidden rounded-sm border px-2 text-left', versionId === currentId ? 'border-accent bg-selected' : 'border-line bg-raised', versionId === null && 'border-dashed text-muted');
          const words = <><span className="truncate">{name}</span><span className="text-xs text-muted">{t(`models.lineage.kind_${kind}`)}</span></>;
          return (
            <li key={id} className="absolute" title={name} style={{ left: x - NODE_PX.width / 2, top: y - NODE_PX.height / 2, ...NODE_PX }}>
              {versionId === null ? <span className={look}>{words}</span> : <button type="button" aria-current={versionId === currentId} onClick={() => { showVersion(versionId); }} className={classNames(look, 'hover:bg-hover')}>{words}</button>}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
