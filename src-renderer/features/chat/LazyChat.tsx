import { lazy, Suspense } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Waiting } from '../../ui/Waiting.tsx';

const Area = lazy(async () => ({ default: (await import('./ChatArea.tsx')).ChatArea }));

/** The chat with all that it needs for Markdown and code, which is fetched when it is first looked at. */
export function LazyChat(): ReactNode {
  const { t } = useTranslation();
  return <Suspense fallback={<Waiting label={t('chat.readingMessages')} />}><Area /></Suspense>;
}
