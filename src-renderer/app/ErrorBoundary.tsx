import { Component } from 'react';
import type { ErrorInfo, ReactNode } from 'react';
import { withTranslation } from 'react-i18next';
import type { WithTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';
import { ErrorNote } from '../ui/ErrorNote.tsx';

interface Props extends WithTranslation { children: ReactNode }
interface State { error: Error | null; where: string }

class Boundary extends Component<Props, State> {
  override state: State = { error: null, where: '' };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidCatch(_error: unknown, info: ErrorInfo): void {
    this.setState({ where: info.componentStack ?? '' });
  }

  override render(): ReactNode {
    const { error, where } = this.state;
    const { children, t } = this.props;
    if (error === null) return children;
    const problem = { sentence: t('app.crash.title'), why: t('app.crash.text'), code: 'window.fault', details: `${error.stack ?? error.message}\n${where}` };
    const actions = (
      <>
        <Button size="sm" onClick={() => { this.setState({ error: null }); }}>{t('app.again')}</Button>
        <Button size="sm" onClick={() => { window.location.reload(); }}>{t('app.reload')}</Button>
      </>
    );
    return <div className="overflow-auto p-4"><ErrorNote problem={problem} actions={actions} /></div>;
  }
}

/** Keeps a fault in one part of the window from taking the rest with it. */
export const ErrorBoundary = withTranslation()(Boundary);
