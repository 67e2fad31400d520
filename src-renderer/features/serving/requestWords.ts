import type { TFunction } from 'i18next';
import type { ServingRequest, WaitReason } from '#contract/serving.ts';
import { toRefusalSentence } from '../gpus/refusalWords.ts';

/** Why a request has not begun. */
export function toReason(reason: WaitReason, t: TFunction): string {
  switch (reason.kind) {
    case 'loading': return reason.progress === null ? t('serving.wait.loading') : t('serving.wait.loadingAt', { percent: Math.round(reason.progress * 100) });
    case 'slots': return t('serving.wait.slots', { count: reason.busySlots });
    case 'draining': return t('serving.wait.draining', { model: reason.model });
    case 'fairness': return t('serving.wait.fairness', { model: reason.model });
    case 'memory': return reason.refusal === null ? t('serving.wait.memory') : toRefusalSentence(reason.refusal, t);
    case 'backoff': return t('serving.wait.backoff');
  }
}

/** Why it failed, or who stopped it; null for what did neither. */
export function toEndWords({ state, error }: Pick<ServingRequest, 'state' | 'error'>, t: TFunction): string | null {
  if (error === null || (state !== 'failed' && state !== 'cancelled')) return null;
  return state === 'failed' ? error.message : t(`serving.stoppedBy.${error.code ?? ''}`, { defaultValue: error.message });
}

/** By which key a request came; programs of this machine need none. */
export function toCaller(keyName: string | null, t: TFunction): string {
  return keyName === null || keyName === 'loopback' ? t('serving.thisMachine') : keyName;
}

/** The program in a user agent: `curl/8.5.0`, `OpenAI/Python`; null where it does not say. */
export function toProgram(client: string | null, t: TFunction): string | null {
  if (client === null || client.trim() === '') return null;
  return client.startsWith('Mozilla/') ? t('serving.browser') : client.trim().split(/\s/)[0] ?? null;
}
