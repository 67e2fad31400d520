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
  asked: readonly (ChatModelView | null)[];
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
export function toPictureRefusal({ attachments }: Pick<Draft, 'attachments'>, asked: readonly (ChatModelView | null)[], t: TFunction): string | null {
  if (!attachments.some(({ kind }) => kind === 'image')) return null;
  const blind = asked.find((model) => model?.pictures === 'not_by_model' || model?.pictures === 'not_by_engine');
  return blind ? t(`chat.pictures.${blind.pictures}`, { model: blind.name }) : null;
}
