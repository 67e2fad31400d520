import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Client } from '../../../client/client.ts';
import { useApp } from '../../../app/appContext.tsx';
import { toProblem } from '../../../client/problems.ts';
import type { Problem } from '../../../client/problems.ts';
import { CopyButton } from '../../../ui/CopyButton.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { Waiting } from '../../../ui/Waiting.tsx';

type Metadata = Awaited<ReturnType<Client['models']['metadata']>>;

/** The header of the weights as it stands in the file, or the chat template. */
export function MetadataPart({ model, part }: { model: string; part: 'entries' | 'template' }): ReactNode {
  const { t } = useTranslation();
  const { client } = useApp();
  const [metadata, setMetadata] = useState<Metadata | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    let isGone = false;
    client.models.metadata({ model }).then((next) => { if (!isGone) setMetadata(next); }, (error: unknown) => { if (!isGone) setProblem(toProblem(error, t)); });
    return () => { isGone = true; };
  }, [client, model, t]);
  if (problem !== null) return <ErrorNote problem={problem} />;
  if (metadata === null) return <Waiting label={t('models.metadata.reading')} />;
  return part === 'template' ? <Template text={metadata.chatTemplate} /> : <Entries metadata={metadata} />;
}

function Template({ text }: { text: string | null }): ReactNode {
  const { t } = useTranslation();
  if (text === null) return <p className="text-muted">{t('models.metadata.noTemplate')}</p>;
  return (
    <div className="flex flex-col gap-2">
      <CopyButton text={text} />
      <pre className="overflow-auto rounded-sm border border-line bg-bg p-3 font-mono text-xs whitespace-pre-wrap">{text}</pre>
    </div>
  );
}

function Entries({ metadata: { entries, tensorCount, tensorTypes } }: { metadata: Metadata }): ReactNode {
  const { t } = useTranslation();
  const types = Object.entries(tensorTypes).toSorted(([, left], [, right]) => right - left).map(([type, count]) => `${count} × ${type}`).join(', ');
  return (
    <>
      <p className="pb-2 text-muted">{t('models.metadata.tensors', { count: tensorCount, types })}</p>
      <table className="w-full table-fixed border-collapse text-left">
        <thead className="sr-only"><tr><th scope="col">{t('models.metadata.key')}</th><th scope="col">{t('models.metadata.value')}</th></tr></thead>
        <tbody>
          {entries.map(({ key, value, count }) => (
            <tr key={key} className="border-b border-line align-top">
              <th scope="row" className="w-2/5 py-1 pr-3 font-mono text-xs font-normal break-all text-muted">{key}</th>
              <td className="py-1 font-mono text-xs break-words">{toText(value)}{count === null ? null : <span className="text-muted"> {t('models.metadata.ofItems', { count })}</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

const SHOWN_CHARACTERS = 400;

function toText(value: Metadata['entries'][number]['value']): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
