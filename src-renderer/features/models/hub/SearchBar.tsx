import { useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { hubSort } from '#contract/hub.ts';
import { FilterField } from '../../../ui/FilterField.tsx';
import { Select } from '../../../ui/Select.tsx';
import { hubQuery } from './useHubSearch.ts';
import type { HubQuery } from './useHubSearch.ts';

const tasks = ['any', 'text-generation', 'image-text-to-text', 'feature-extraction', 'sentence-similarity', 'text-ranking', 'text-to-image', 'automatic-speech-recognition', 'text-to-speech'];
const licences = ['any', 'apache-2.0', 'mit', 'llama3.1', 'gemma', 'cc-by-4.0', 'cc-by-nc-4.0', 'openrail', 'other'];

/** The words and filters of a search. */
export function SearchBar({ query, onChange }: { query: HubQuery; onChange: (query: HubQuery) => void }): ReactNode {
  const { t } = useTranslation();
  const [text, setText] = useState(query.text);
  const set = (part: Partial<HubQuery>): void => { onChange({ ...query, ...part }); };
  const word = (value: string): string => (value === 'any' ? t('models.hub.any') : value);
  return (
    <div role="search" className="flex shrink-0 flex-wrap items-center gap-2 border-b border-line bg-panel px-3 py-1.5">
      <FilterField label={t('models.hub.search')} value={text} onChange={(next) => { setText(next); set({ text: next }); }} />
      <Select label={t('models.hub.format')} isLabelHidden className="w-32" value={query.format} options={hubQuery.shape.format.options.map((value) => ({ value, label: value === 'any' ? t('models.hub.anyFormat') : value }))} onChange={(format) => { set({ format }); }} />
      <Select label={t('models.hub.size')} isLabelHidden className="w-36" value={query.size} options={hubQuery.shape.size.options.map((value) => ({ value, label: t(`models.hub.size_${value}`) }))} onChange={(size) => { set({ size }); }} />
      <Select label={t('models.hub.task')} isLabelHidden className="w-44" value={query.task} options={tasks.map((value) => ({ value, label: value === 'any' ? t('models.hub.anyTask') : value }))} onChange={(task) => { set({ task }); }} />
      <Select label={t('models.hub.licence')} isLabelHidden className="w-36" value={query.licence} options={licences.map((value) => ({ value, label: value === 'any' ? t('models.hub.anyLicence') : word(value) }))} onChange={(licence) => { set({ licence }); }} />
      <span className="ml-auto"><Select label={t('models.hub.sort')} isLabelHidden className="w-40" value={query.sort} options={hubSort.options.map((value) => ({ value, label: t(`models.hub.sort_${value}`) }))} onChange={(sort) => { set({ sort }); }} /></span>
    </div>
  );
}
