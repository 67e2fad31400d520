import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { Alert } from '#contract/alerts.ts';
import { useApp } from '../../app/appContext.tsx';
import { toHash } from '../../app/route.ts';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { StatusWord } from '../../ui/StatusWord.tsx';
import { listAlerts } from './alertStore.ts';
import { formatAlertValue, toAlertSentence } from './alertWords.ts';
import { Part } from './Part.tsx';

const MOST_GONE = 5;
const columns = ['rule', 'subject', 'since', 'value', 'limit'] as const;
const isNumber = (column: (typeof columns)[number]): boolean => column === 'value' || column === 'limit';

/** The alerts that stand and the last that have gone; nothing while there were none. */
export function AlertList(): ReactNode {
  const { t } = useTranslation();
  const alerts = useStore(useApp().stores.alerts, useShallow(listAlerts));
  const standing = alerts.filter(({ clearedAtMs }) => clearedAtMs === null);
  const gone = alerts.filter(({ clearedAtMs }) => clearedAtMs !== null).slice(0, MOST_GONE);
  if (alerts.length === 0) return null;
  const settingsLink = <a href={toHash('settings')} className="rounded-sm text-xs text-accent hover:underline">{t('gpus.alert.settings')}</a>;
  return (
    <Part title={t('gpus.alert.title')} note={t('gpus.alert.standing', { count: standing.length })} actions={settingsLink}>
      <div className="overflow-x-auto" tabIndex={0} role="group" aria-label={t('gpus.alert.title')}>
        <table className="w-full border-collapse text-left">
          <thead><tr className="text-xs text-muted">{columns.map((column) => <th key={column} scope="col" className={`pr-4 font-normal last:pr-0 ${isNumber(column) ? 'text-right' : ''}`}>{t(`gpus.alert.${column}`)}</th>)}</tr></thead>
          <tbody>{[...standing, ...gone].map((alert) => <AlertLine key={alert.id} alert={alert} />)}</tbody>
        </table>
      </div>
    </Part>
  );
}

function AlertLine({ alert }: { alert: Alert }): ReactNode {
  const { t } = useTranslation();
  const { kind, subjectName, raisedAtMs, clearedAtMs, value, limit } = alert;
  const isStanding = clearedAtMs === null;
  return (
    <tr className="row-line border-t border-line" title={toAlertSentence(alert, t)}>
      <th scope="row" className="pr-4 font-normal whitespace-nowrap"><span className="flex items-center"><StatusWord tone={isStanding ? 'stalled' : 'idle'} label={t(`gpus.alert.kind.${kind}`)} note={isStanding ? null : t('gpus.alert.gone')} /></span></th>
      <td className="max-w-70 truncate pr-4">{subjectName}</td>
      <td className="pr-4 whitespace-nowrap text-muted"><RelativeTime atMs={raisedAtMs} />{isStanding ? null : <>{' – '}<RelativeTime atMs={clearedAtMs} /></>}</td>
      <td className="tabular pr-4 text-right whitespace-nowrap">{formatAlertValue(kind, value)}</td>
      <td className="tabular text-right whitespace-nowrap text-muted">{formatAlertValue(kind, limit)}</td>
    </tr>
  );
}
