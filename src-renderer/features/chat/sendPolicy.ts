import type { TFunction } from 'i18next';
import { formatNumber } from '../../base/format.ts';
import type { ChatModelView } from './chatModels.ts';
import type { Draft } from './chatWorkspace.ts';

/** As many as a question takes. */
const MAX_LETTERS = 2_000_000;

interface SendFacts {
  draft: Draft;
  model: string | null;
  /** Those that would answer, as far as they are known. */
  asked: readonly ChatModelView[];
  isOpen: boolean;
  isBusy: boolean;
}

/** Why nothing at all can be asked now; null when something can. */
export function toBusyReason({ isOpen, isBusy }: Pick<SendFacts, 'isOpen' | 'isBusy'>, t: TFunction): string | null {
  if (!isOpen) return t('app.reason.notConnected');
  return isBusy ? t('chat.busy') : null;
}

/** Why a question cannot be sent now; null when it can. */
export function toBlockedReason({ draft, model, asked, ...state }: SendFacts, t: TFunction): string | null {
  const busy = toBusyReason(state, t);
  if (busy !== null) return busy;
  if (model === null) return t('chat.chooseModelFirst');
  if (draft.text.trim() === '' && draft.attachments.length === 0) return t('chat.nothingToSend');
  if (draft.text.length > MAX_LETTERS) return t('chat.tooLong', { most: formatNumber(MAX_LETTERS), count: formatNumber(draft.text.length) });
  return toPictureRefusal(draft, asked, t);
}

/** Why its pictures cannot be shown to a model that is asked, and what to do. */
export function toPictureRefusal({ attachments }: Pick<Draft, 'attachments'>, asked: readonly ChatModelView[], t: TFunction): string | null {
  if (!attachments.some(({ kind }) => kind === 'image')) return null;
  const blind = asked.find(({ pictures }) => pictures === 'not_by_model' || pictures === 'not_by_engine');
  return blind ? t(`chat.pictures.${blind.pictures}`, { model: blind.name }) : null;
}

/** Of what a question is made beside the letters: pictures are left out, since only the model knows what they take. */
export function estimateDraftTokens({ text, attachments }: Draft, lettersPerToken: number): number {
  const letters = attachments.reduce((sum, { kind, sizeBytes }) => (kind === 'text' ? sum + sizeBytes : sum), text.length);
  return Math.ceil(letters / lettersPerToken);
}

interface Fit { asked: readonly ChatModelView[]; used: number; draft: number }

/** That a question will probably not fit into the context of one that is asked, and what to do. */
export function toFitWarning({ asked, used, draft }: Fit, t: TFunction): string | null {
  const tight = asked.find(({ contextTokens }) => contextTokens !== null && used + draft >= contextTokens);
  if (draft === 0 || tight?.contextTokens == null) return null;
  return t(used === 0 ? 'chat.context.tooLong' : 'chat.context.tooMuch', { model: tight.name, needed: formatNumber(used + draft), total: formatNumber(tight.contextTokens) });
}

/** What is to be known before a question is sent. */
export function listWarnings(draft: Draft, fit: Fit, t: TFunction): string[] {
  return [toPictureRefusal(draft, fit.asked, t), toFitWarning(fit, t)].filter((warning) => warning !== null);
}
