import { ArrowUp, Paperclip, Square, X } from 'lucide-react';
import { useRef, useState } from 'react';
import type { ClipboardEvent, KeyboardEvent, ReactNode, Ref } from 'react';
import { useTranslation } from 'react-i18next';
import type { Attachment } from '#contract/conversations.ts';
import { classNames } from '../../base/classNames.ts';
import { Button } from '../../ui/Button.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { AttachmentDialog } from './attached/AttachmentDialog.tsx';
import { MAX_ATTACHMENTS, toDataUrl } from './attached/attachments.ts';
import type { AttachRefusal } from './attached/attachments.ts';
import { AttachmentTile } from './attached/AttachmentTile.tsx';

export interface ComposerProps {
  text: string;
  attachments: readonly Attachment[];
  onText: (text: string) => void;
  onAttach: (files: readonly File[]) => void;
  onDetach: (index: number) => void;
  onSend: () => void;
  onStop: () => void;
  /** An answer is being written: the button stops it. */
  isWriting: boolean;
  isSending: boolean;
  /** Why nothing can be sent now. */
  blockedReason: string | null;
  /** Files that were not taken, and what else is to be known before sending. */
  refusals: readonly AttachRefusal[];
  warnings: readonly string[];
  /** How full the model's context is. */
  meter: ReactNode;
  ref?: Ref<HTMLTextAreaElement>;
}

/** Where a question is written: Enter sends, Shift+Enter begins a line, files are dropped, pasted or chosen. */
export function Composer(props: ComposerProps): ReactNode {
  const { text, attachments, onText, onAttach, onDetach, onSend, onStop, isWriting, isSending, blockedReason, meter, ref } = props;
  const { t } = useTranslation();
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (!isWriting && blockedReason === null && !isSending) onSend();
  };
  const onPaste = (event: ClipboardEvent): void => {
    const files = [...event.clipboardData.files];
    if (files.length === 0) return;
    event.preventDefault();
    onAttach(files);
  };
  return (
    <div className="mx-auto w-full max-w-[57.5rem] px-4 pb-3">
      <ComposerNotes {...props} />
      <div className="flex flex-col rounded-[0.875rem] border border-edge bg-field focus-within:border-accent">
        {attachments.length > 0 ? <AttachmentList attachments={attachments} onDetach={onDetach} /> : null}
        <textarea ref={ref} aria-label={t('chat.question')} data-composer="" rows={1} spellCheck placeholder={t('chat.placeholder')} value={text} onChange={(event) => { onText(event.target.value); }} onKeyDown={onKeyDown} onPaste={onPaste} className="max-h-[38vh] min-h-12 w-full resize-none bg-transparent px-4 pt-3 pb-1 text-[1.25rem] leading-[1.5] outline-none [field-sizing:content]" />
        <div className="flex items-center gap-2 px-2 pb-2">
          <AttachButton onAttach={onAttach} />
          {meter}
          <span className="ml-auto truncate text-xs text-muted">{isWriting ? t('chat.stopHint') : t('chat.sendHint')}</span>
          {isWriting
            ? <Button icon={<Square size={12} aria-hidden fill="currentColor" />} onClick={onStop}>{t('chat.stop')}</Button>
            : <Button variant="primary" icon={<ArrowUp size={14} aria-hidden />} isBusy={isSending} disabledReason={blockedReason} onClick={onSend}>{t('chat.send')}</Button>}
        </div>
      </div>
    </div>
  );
}

function ComposerNotes({ refusals, warnings }: ComposerProps): ReactNode {
  const { t } = useTranslation();
  if (refusals.length === 0 && warnings.length === 0) return null;
  return (
    <div role="status" className="mb-1.5 px-1 text-sm text-busy">
      <ul className="flex flex-col gap-0.5">
        {refusals.map((refusal, index) => <li key={index}>{refusal.reason === 'too_many' ? t('chat.tooMany', { count: refusal.count, most: MAX_ATTACHMENTS }) : t(`chat.refused.${refusal.reason}`, { name: refusal.name })}</li>)}
        {warnings.map((warning) => <li key={warning}>{warning}</li>)}
      </ul>
    </div>
  );
}

function AttachmentList({ attachments, onDetach }: Pick<ComposerProps, 'attachments' | 'onDetach'>): ReactNode {
  const { t } = useTranslation();
  const [opened, setOpened] = useState<Attachment | null>(null);
  return (
    <>
      <ul aria-label={t('chat.attached')} className="flex max-h-[30vh] flex-wrap items-end gap-1.5 overflow-y-auto px-3 pt-2.5">
        {attachments.map((attachment, index) => {
          const isPicture = attachment.kind === 'image';
          return (
            <AttachmentTile key={index} attachment={attachment} pictureUrl={isPicture ? toDataUrl(attachment) : null} onOpen={() => { setOpened(attachment); }}>
              <IconButton size="sm" label={t('chat.detach', { name: attachment.name })} icon={<X size={13} aria-hidden />} onClick={() => { onDetach(index); }} className={isPicture ? 'absolute top-0.5 right-0.5 bg-panel/85' : ''} />
            </AttachmentTile>
          );
        })}
      </ul>
      {opened === null ? null : <AttachmentDialog attachment={opened} onClose={() => { setOpened(null); }} />}
    </>
  );
}

function AttachButton({ onAttach }: Pick<ComposerProps, 'onAttach'>): ReactNode {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input ref={input} type="file" multiple hidden aria-label={t('chat.attach')} onChange={(event) => { onAttach([...event.target.files ?? []]); event.target.value = ''; }} />
      <IconButton label={t('chat.attach')} icon={<Paperclip size={16} aria-hidden />} onClick={() => { input.current?.click(); }} />
    </>
  );
}

/** Takes files that are dropped on it, and shows while some are held over it. */
export function DropPlace({ onAttach, children }: { onAttach: (files: readonly File[]) => void; children: ReactNode }): ReactNode {
  const { t } = useTranslation();
  const [depth, setDepth] = useState(0);
  const hasFiles = (event: React.DragEvent): boolean => event.dataTransfer.types.includes('Files');
  return (
    <div
      className="relative flex h-full min-w-0 flex-1 flex-col"
      onDragEnter={(event) => { if (hasFiles(event)) setDepth((now) => now + 1); }}
      onDragLeave={(event) => { if (hasFiles(event)) setDepth((now) => Math.max(0, now - 1)); }}
      onDragOver={(event) => { if (hasFiles(event)) event.preventDefault(); }}
      onDrop={(event) => { if (!hasFiles(event)) return; event.preventDefault(); setDepth(0); onAttach([...event.dataTransfer.files]); }}
    >
      {children}
      <div aria-hidden className={classNames('pointer-events-none absolute inset-2 flex items-center justify-center rounded-[0.875rem] border-2 border-dashed border-accent bg-bg/85 text-lg', depth === 0 && 'hidden')}>{t('chat.dropHere')}</div>
    </div>
  );
}
