import { useMemo } from 'react';
import type { ReactNode } from 'react';
import type { Attachment } from '#contract/conversations.ts';
import { formatBytes } from '../../../base/format.ts';
import { Dialog } from '../../../ui/Dialog.tsx';
import { readText, toDataUrl } from './attachments.ts';

/** An attachment in full: the picture, or what stands in the file. */
export function AttachmentDialog({ attachment, onClose }: { attachment: Attachment; onClose: () => void }): ReactNode {
  const { kind, name, sizeBytes } = attachment;
  const text = useMemo(() => (kind === 'text' ? readText(attachment) : ''), [kind, attachment]);
  return (
    <Dialog isOpen onClose={onClose} title={name} description={formatBytes(sizeBytes)} width="lg">
      {kind === 'image'
        ? <img src={toDataUrl(attachment)} alt={name} className="mx-auto max-h-[60vh] max-w-full rounded-sm" />
        : <pre tabIndex={0} className="font-mono text-sm whitespace-pre-wrap [overflow-wrap:anywhere]">{text}</pre>}
    </Dialog>
  );
}
