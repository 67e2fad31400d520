import { MessageCircle } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { navigate } from '../../app/route.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Waiting } from '../../ui/Waiting.tsx';
import { findChatModel, GUIDE } from './chatModels.ts';
import type { ChatModelView } from './chatModels.ts';

export interface FirstQuestionsProps {
  models: readonly ChatModelView[] | null;
  model: string | null;
  /** Asks at once. */
  onAsk: (question: string) => void;
}

const questions = ['what', 'blueprint', 'gpu', 'data'] as const;

/** Before the first question: who is asked, and for the model that ships some questions that it answers. */
export function FirstQuestions({ models, model, onAsk }: FirstQuestionsProps): ReactNode {
  const { t } = useTranslation();
  if (models === null) return <div className="min-h-0 flex-1"><Waiting label={t('chat.readingModels')} /></div>;
  if (models.length === 0) {
    return <div className="min-h-0 flex-1"><EmptyState icon={<MessageCircle size={28} />} title={t('chat.none.title')} actions={<Button variant="primary" onClick={() => { navigate('models'); }}>{t('chat.openModels')}</Button>}>{t('chat.none.text')}</EmptyState></div>;
  }
  const chosen = findChatModel(models, model);
  return (
    <div className="flex min-h-0 flex-1 flex-col items-center justify-center gap-5 overflow-y-auto p-6">
      <div className="flex flex-col gap-1.5 text-center">
        <p className="text-[1.75rem] leading-tight font-medium">{model === null ? t('chat.welcomeNoModel') : t('chat.welcome', { model })}</p>
        {chosen === null || chosen.reference === null ? null : <p className="text-base text-muted">{t('chat.welcomeText')}</p>}
      </div>
      {model !== null && findChatModel(models, GUIDE)?.name === model ? (
        <ul aria-label={t('chat.suggestions')} className="grid w-full max-w-[52rem] grid-cols-2 gap-2.5">
          {questions.map((key) => (
            <li key={key}>
              <button type="button" onClick={() => { onAsk(t(`chat.suggest.${key}`)); }} className="h-full w-full rounded-md border border-line bg-panel px-4 py-3 text-left text-base leading-snug hover:bg-hover">{t(`chat.suggest.${key}`)}</button>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
