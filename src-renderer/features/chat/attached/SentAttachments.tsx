import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Message } from '#contract/conversations.ts';
import { useMessageActions } from '../messages/messageActions.ts';
import { toDataUrl } from './attachments.ts';
import { AttachmentTile } from './AttachmentTile.tsx';

/** What went with a question. */
export function SentAttachments({ message }: { message: Message }): ReactNode {
  const { t } = useTranslation();
  return (
    <ul aria-label={t('chat.attached')} className="flex flex-wrap items-end justify-end gap-1.5">
      {message.attachments.map((_, index) => <SentAttachment key={index} message={message} index={index} />)}
    </ul>
  );
}

function SentAttachment({ message, index }: { message: Message; index: number }): ReactNode {
  const { openAttachment } = useMessageActions();
  const attachment = message.attachments[index];
  const pictureUrl = usePicture(message, index);
  return attachment === undefined ? null : <AttachmentTile attachment={attachment} pictureUrl={pictureUrl} onOpen={() => { openAttachment(message, index); }} />;
}

/** The address of an attached picture once it is here; of a file none. */
function usePicture(message: Message, index: number): string | null {
  const { fetchAttachment } = useMessageActions();
  const [url, setUrl] = useState<string | null>(null);
  const isPicture = message.attachments[index]?.kind === 'image';
  const { id } = message;
  useEffect(() => {
    if (!isPicture) return;
    let isOver = false;
    // One that cannot be had stays an icon; opening it says why.
    fetchAttachment(id, index).then((attachment) => { if (!isOver) setUrl(toDataUrl(attachment)); }, () => undefined);
    return () => { isOver = true; };
  }, [fetchAttachment, isPicture, id, index]);
  return url;
}
