import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Connection } from '../client/connection.ts';
import { Waiting } from '../ui/Waiting.tsx';
import { ConnectionBar } from './ConnectionBar.tsx';

/** What stands in the window until the first connection. */
export function Opening({ connection }: { connection: Connection }): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="flex h-full flex-col">
      <ConnectionBar connection={connection} />
      <main className="flex flex-1 items-center justify-center"><Waiting label={t('app.opening')} afterMs={300} /></main>
    </div>
  );
}
