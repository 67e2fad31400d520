import { FileText, Image } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Attachment } from '#contract/conversations.ts';
import { formatBytes } from '../../../base/format.ts';

export interface AttachmentTileProps {
  attachment: Omit<Attachment, 'data'>;
  /** Where the picture is; null for what is none, and until it is there. */
  pictureUrl: string | null;
  onOpen: () => void;
  /** What else can be done with it. */
  children?: ReactNode;
}

/** Something attached: a picture as a small one, a file by its name. Pressing it opens it. */
export function AttachmentTile({ attachment: { kind, name, sizeBytes }, pictureUrl, onOpen, children }: AttachmentTileProps): ReactNode {
  const { t } = useTranslation();
  const isPicture = kind === 'image';
  return (
    <li className="relative inline-flex max-w-70 items-center rounded-md border border-line bg-panel text-sm text-muted">
      <button type="button" aria-label={t('chat.openAttachment', { name })} title={`${name}, ${formatBytes(sizeBytes)}`} onClick={onOpen} className={isPicture ? 'inline-flex size-18 items-center justify-center overflow-hidden rounded-md hover:brightness-110' : 'inline-flex h-7.5 min-w-0 items-center gap-1.5 rounded-md px-2 hover:bg-hover hover:text-text'}>
        {isPicture ? null : <><FileText size={14} aria-hidden className="shrink-0" /><span className="truncate">{name}</span></>}
        {isPicture && pictureUrl === null ? <Image size={20} aria-hidden /> : null}
        {pictureUrl === null ? null : <img src={pictureUrl} alt="" className="size-full object-cover" />}
      </button>
      {children}
    </li>
  );
}
