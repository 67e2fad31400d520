import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { PreflightCheck } from '#contract/instances.ts';
import { formatBytes } from '../../../base/format.ts';

const looks = {
  ok: { Icon: CircleCheck, text: 'text-ok' },
  warning: { Icon: TriangleAlert, text: 'text-stalled' },
  failed: { Icon: CircleAlert, text: 'text-error' },
} as const;

const inMib = new Set<PreflightCheck['id']>(['vram', 'disk', 'ram']);
const BYTES_PER_MIB = 1024 * 1024;

/** What a start needs and finds, what stands in the way first. */
export function PreflightList({ checks }: { checks: readonly PreflightCheck[] }): ReactNode {
  const order = ['failed', 'warning', 'ok'];
  const sorted = checks.toSorted((left, right) => order.indexOf(left.level) - order.indexOf(right.level));
  return <ul className="flex flex-col gap-1">{sorted.map((check) => <Check key={`${check.id}.${check.subject ?? ''}`} check={check} />)}</ul>;
}

function Check({ check }: { check: PreflightCheck }): ReactNode {
  const { t } = useTranslation();
  const { Icon, text } = looks[check.level];
  const subject = check.subject ?? '';
  const numberText = (value: number): string => (inMib.has(check.id) ? formatBytes(value * BYTES_PER_MIB) : String(value));
  const numbers = check.needed === null ? null : t('instances.preflight.numbers', { needed: numberText(check.needed), available: check.available === null ? '–' : numberText(check.available) });
  return (
    <li className="flex items-start gap-1.5">
      <Icon size={13} aria-hidden className={`mt-1 shrink-0 ${text}`} />
      <span className="min-w-0 flex-1">
        <span className="break-words">{t(`instances.preflight.${check.id}`, { subject })}</span>
        {numbers === null ? null : <span className="tabular text-muted"> · {numbers}</span>}
        {check.hint === null ? null : <span className="block text-xs break-words text-muted">{check.hint}</span>}
      </span>
      <span className={`shrink-0 text-xs ${text}`}>{t(`instances.preflight.${check.level}`)}</span>
    </li>
  );
}
