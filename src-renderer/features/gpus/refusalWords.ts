import type { TFunction } from 'i18next';
import type { LeaseRefusal } from '#contract/leases.ts';
import { formatBytes } from '../../base/format.ts';

/** Why there is no lease, in one sentence with its numbers. */
export function toRefusalSentence({ reason, neededBytes, deviceCount, missingBytes, unknown, waitingAhead }: LeaseRefusal, t: TFunction): string {
  return t(`gpus.refusal.reason.${reason}`, {
    needed: t('gpus.refusal.needed', { size: formatBytes(neededBytes), count: deviceCount }),
    missing: formatBytes(missingBytes),
    devices: unknown.join(', '),
    ahead: waitingAhead.map(({ name }) => name).join(', '),
  });
}
