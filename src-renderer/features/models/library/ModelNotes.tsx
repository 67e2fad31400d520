import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ModelVersion } from '#contract/models.ts';
import { useApp } from '../../../app/appContext.tsx';
import { Segmented } from '../../../ui/Segmented.tsx';
import { TextArea } from '../../../ui/TextArea.tsx';
import { TextField } from '../../../ui/TextField.tsx';

type Changes = Partial<Pick<ModelVersion, 'tags' | 'notes' | 'status'>>;
const statuses = ['candidate', 'active', 'archived'] as const;

/** What users say about a version: where it stands, its tags, their notes; saved as one leaves the box. */
export function ModelNotes({ version }: { version: ModelVersion }): ReactNode {
  const { t } = useTranslation();
  const { client, toastError } = useApp();
  const [tags, setTags] = useState(version.tags.join(', '));
  const [notes, setNotes] = useState(version.notes);
  const save = (set: Changes): void => { client.models.update({ model: version.id, set }).catch(toastError); };
  const saveTags = (): void => {
    const next = [...new Set(tags.split(',').map((tag) => tag.trim()).filter(Boolean))];
    if (next.join() !== version.tags.join()) save({ tags: next });
  };
  return (
    <section aria-label={t('models.notes')} className="flex flex-col gap-2">
      <div className="flex items-center gap-3"><h3 className="font-medium">{t('models.standing')}</h3><Segmented label={t('models.standing')} value={version.status} options={statuses.map((value) => ({ value, label: t(`models.status.${value}`) }))} onChange={(status) => { save({ status }); }} /></div>
      <TextField label={t('models.tags')} value={tags} onChange={setTags} onBlur={saveTags} help={t('models.tagsHelp')} />
      <TextArea label={t('models.notes')} value={notes} rows={4} onChange={setNotes} onBlur={() => { if (notes !== version.notes) save({ notes }); }} />
    </section>
  );
}
