import { RefreshCw, Trash2, Wrench } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TFunction } from 'i18next';
import type { Message } from '#contract/conversations.ts';
import { navigate } from '../../../app/route.ts';
import { classNames } from '../../../base/classNames.ts';
import { formatDuration, formatNumber } from '../../../base/format.ts';
import { Button } from '../../../ui/Button.tsx';
import { ErrorNote } from '../../../ui/ErrorNote.tsx';
import { IconButton } from '../../../ui/IconButton.tsx';
import { toAnswerRate } from './answerRate.ts';
import { isWriting } from './branches.ts';
import { CopyIcon } from './CopyIcon.tsx';
import { useMessageActions } from './messageActions.ts';
import { MessageTime } from './MessageTime.tsx';
import { chooseSteps, parseContextFigures, parseProblem } from './problemWords.ts';
import { SiblingSwitch } from './SiblingSwitch.tsx';
import { WaitingNote } from './WaitingNote.tsx';

/** Whose answer it is; only read aloud where it is that of the model that answers now, which stands above. */
export function AnswerHead({ message, isAlwaysShown = false }: { message: Message; isAlwaysShown?: boolean }): ReactNode {
  const { t } = useTranslation();
  const { model } = useMessageActions();
  const isShown = isAlwaysShown || message.model !== model;
  return <h3 className={isShown ? classNames('truncate pb-1 text-sm font-normal text-muted', isAlwaysShown && 'sticky top-0 z-1 bg-bg') : 'sr-only'} title={message.model ?? undefined}>{message.model ?? t('chat.answer')}</h3>;
}

/** What it thought before, folded. */
export function Thinking({ message }: { message: Message }): ReactNode {
  const { t } = useTranslation();
  const isThinking = isWriting(message) && message.content === '';
  const label = isThinking ? t('chat.thinking') : message.thinkingMs === null ? t('chat.thoughts') : t('chat.thought', { time: formatDuration(message.thinkingMs) });
  return (
    <details className="pb-2 text-base text-muted">
      <summary className="w-fit rounded-sm px-0.5">{label}</summary>
      <div className="mt-1.5 max-h-[50vh] overflow-y-auto border-l-2 border-line pl-3 leading-[1.6] whitespace-pre-wrap" tabIndex={0}>{message.thinking}</div>
    </details>
  );
}

/** Which tools it wanted to call, folded. */
export function ToolCalls({ message }: { message: Message }): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="flex flex-col gap-1 pb-2">
      {message.toolCalls.map((call, index) => (
        <details key={index} className="rounded-md border border-line bg-panel px-3 py-1.5 text-base">
          <summary className="rounded-sm"><Wrench size={13} aria-hidden className="mr-1.5 inline text-muted" />{t('chat.toolCall', { name: call.name })}</summary>
          <pre tabIndex={0} className="my-1 overflow-x-auto font-mono text-sm whitespace-pre-wrap">{call.arguments}</pre>
          {call.result === null ? null : <pre tabIndex={0} className="my-1 max-h-60 overflow-auto border-t border-line pt-1 font-mono text-sm whitespace-pre-wrap">{call.result}</pre>}
        </details>
      ))}
    </div>
  );
}

/** Under an answer: what is wrong, what it cost, what can be done. */
export function AnswerFoot({ message }: { message: Message }): ReactNode {
  const { t } = useTranslation();
  const { blockedReason, regenerate, remove } = useMessageActions();
  const cost = toCost(message, t);
  if (isWriting(message)) return <div className="pb-6"><WaitingNote message={message} /></div>;
  return (
    <div className="flex flex-col gap-2 pt-1 pb-6">
      {message.problem === null ? null : <AnswerProblem message={message} problem={message.problem} />}
      <div className="-ml-1.25 flex min-h-6 flex-wrap items-center gap-0.5">
        <CopyIcon label={t('chat.copyAnswer')} text={message.content} />
        <IconButton size="sm" label={t('chat.regenerate')} icon={<RefreshCw size={14} aria-hidden />} disabledReason={blockedReason} onClick={() => { regenerate(message); }} />
        <IconButton size="sm" label={t('chat.deleteAnswer')} icon={<Trash2 size={14} aria-hidden />} disabledReason={blockedReason} onClick={() => { remove(message); }} />
        <SiblingSwitch message={message} />
        <span className="tabular ml-2 flex gap-2 text-xs text-muted">
          {cost === '' ? null : <span title={toLongCost(message, t)}>{cost}</span>}
          <MessageTime atMs={message.createdAtMs} />
        </span>
      </div>
    </div>
  );
}

function AnswerProblem({ message, problem }: { message: Message; problem: string }): ReactNode {
  const { t } = useTranslation();
  const { blockedReason, regenerate, chooseModel } = useMessageActions();
  const { code, message: why } = parseProblem(problem);
  const steps = {
    retry: <Button key="retry" size="sm" disabledReason={blockedReason} onClick={() => { regenerate(message); }}>{t('app.tryAgain')}</Button>,
    choose: <Button key="choose" size="sm" onClick={() => { chooseModel(message); }}>{t('chat.chooseAnother')}</Button>,
    begin: <Button key="begin" size="sm" onClick={() => { navigate('chat', 'new'); }}>{t('chat.begin')}</Button>,
    context: <Button key="context" size="sm" onClick={() => { navigate('models', 'serving'); }}>{t('chat.giveContext')}</Button>,
    models: <Button key="models" size="sm" onClick={() => { navigate('models'); }}>{t('chat.openModels')}</Button>,
  };
  const figures = code === 'context_length_exceeded' ? parseContextFigures(why) : null;
  const words = figures === null ? why : t('chat.context.exceeded', { model: message.model ?? '', needed: formatNumber(figures.needed), total: formatNumber(figures.total) });
  const sentence = t(message.content === '' ? 'chat.failed' : 'chat.brokeOff', { model: message.model ?? '' });
  return <ErrorNote problem={{ sentence, why: words, code, details: words === why ? null : why }} actions={chooseSteps(code).map((step) => steps[step])} />;
}

function toCost(message: Message, t: TFunction): string {
  const { status, completionTokens, finishReason } = message;
  const rate = toAnswerRate(message);
  return [
    status === 'stopped' ? t('chat.stopped') : finishReason === 'length' ? t('chat.cut') : null,
    completionTokens === null ? null : t('chat.tokens', { count: completionTokens, shown: formatNumber(completionTokens) }),
    rate === null ? null : t('chat.rate', { rate: formatNumber(rate, rate < 100 ? 1 : 0) }),
  ].filter((part) => part !== null).join(' · ');
}

function toLongCost({ promptTokens, firstTokenMs, totalMs }: Message, t: TFunction): string {
  return [
    promptTokens === null ? null : t('chat.promptTokens', { count: promptTokens, shown: formatNumber(promptTokens) }),
    firstTokenMs === null ? null : t('chat.firstToken', { time: formatDuration(firstTokenMs) }),
    totalMs === null ? null : t('chat.total', { time: formatDuration(totalMs) }),
  ].filter((part) => part !== null).join('\n');
}
