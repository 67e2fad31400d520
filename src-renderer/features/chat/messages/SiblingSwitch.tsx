import { ChevronLeft, ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Message } from '#contract/conversations.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { findLeaf, listSiblings } from './branches.ts';
import { useMessageActions } from './messageActions.ts';

/** Goes between the versions of a question or an answer: ‹ 2/3 ›. Nothing where there is one only. */
export function SiblingSwitch({ message }: { message: Message }): ReactNode {
  const { t } = useTranslation();
  const { messages, show, blockedReason } = useMessageActions();
  const siblings = listSiblings(messages(), message);
  const at = siblings.findIndex(({ id }) => id === message.id);
  if (siblings.length < 2 || message.lane === 'compare') return null;
  const goTo = (index: number): void => {
    const sibling = siblings[index];
    if (sibling !== undefined) show(findLeaf(messages(), sibling));
  };
  return (
    <span role="group" aria-label={t('chat.versions')} className="inline-flex items-center text-xs text-muted">
      <IconButton size="sm" label={t('chat.earlierVersion')} icon={<ChevronLeft size={14} aria-hidden />} disabledReason={at === 0 ? t('chat.firstVersion') : blockedReason} onClick={() => { goTo(at - 1); }} />
      <span className="tabular">{at + 1}/{siblings.length}</span>
      <IconButton size="sm" label={t('chat.laterVersion')} icon={<ChevronRight size={14} aria-hidden />} disabledReason={at === siblings.length - 1 ? t('chat.lastVersion') : blockedReason} onClick={() => { goTo(at + 1); }} />
    </span>
  );
}
