import type { TFunction } from 'i18next';
import type { ChatModelView } from './chatModels.ts';
import type { Draft } from './chatWorkspace.ts';

interface SendFacts { draft: Draft; model: string | null; isOpen: boolean; isBusy: boolean }

/** Why a question cannot be sent now; null when it can. */
export function toBlockedReason({ draft, model, isOpen, isBusy }: SendFacts, t: TFunction): string | null {
  if (!isOpen) return t('app.reason.notConnected');
  if (isBusy) return t('chat.busy');
  if (model === null) return t('chat.chooseModelFirst');
  return draft.text.trim() === '' && draft.attachments.length === 0 ? t('chat.nothingToSend') : null;
}

/** What should be known before it is sent. */
export function toWarning({ attachments }: Draft, model: ChatModelView | null, t: TFunction): string | null {
  return model?.canSee === false && attachments.some(({ kind }) => kind === 'image') ? t('chat.cannotSee', { model: model.name }) : null;
}
