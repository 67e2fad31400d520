import { Columns2, Ellipsis, PanelLeft, PanelRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import { useActions } from '../../app/actions.ts';
import { useApp } from '../../app/appContext.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import type { IconButtonProps } from '../../ui/IconButton.tsx';
import { DropdownMenu } from '../../ui/Menu.tsx';
import type { MenuEntry } from '../../ui/Menu.tsx';
import { chooseCompared } from './chatModels.ts';
import type { ChatModelView } from './chatModels.ts';
import { ModelPicker } from './ModelPicker.tsx';
import type { ModelPickerProps } from './ModelPicker.tsx';

/** Whose place another model is being chosen for. */
export type PickerName = 'model' | 'compared';

export interface ChatHeaderProps {
  title: string;
  models: readonly ChatModelView[] | null;
  model: string | null;
  compareModel: string | null;
  onModel: (name: string) => void;
  onCompare: (name: string | null) => void;
  openPicker: PickerName | null;
  onPicker: (open: PickerName | null) => void;
  /** A model was picked: the focus goes elsewhere than back to its button. */
  onPicked: () => void;
  /** What can be done with the conversation; empty for one that has not begun. */
  menu: readonly MenuEntry[];
  isListOpen: boolean;
  onList: () => void;
}

/** Which conversation, and who answers in it. */
export function ChatHeader({ title, models, model, compareModel, onModel, onCompare, openPicker, onPicker, onPicked, menu, isListOpen, onList }: ChatHeaderProps): ReactNode {
  const { t } = useTranslation();
  const { view } = useApp();
  const isInspectorOpen = useStore(view, (state) => state.isInspectorOpen);
  const other = chooseCompared(models ?? [], model);
  const compare = (): void => { onCompare(compareModel === null ? other : null); };
  const compareReason = compareModel === null && other === null ? t('chat.compareNeedsTwo') : null;
  const toggleSettings = (): void => { view.setState({ isInspectorOpen: !isInspectorOpen }); };
  useActions([
    { id: 'chat.compare', title: compareModel === null ? t('chat.compare') : t('chat.compareEnd'), area: t('chat.title'), isEnabled: () => compareReason ?? true, run: compare },
    { id: 'chat.settings', title: t('chat.settings'), area: t('chat.title'), isEnabled: () => true, run: toggleSettings },
    { id: 'chat.model', title: t('chat.chooseModel'), area: t('chat.title'), isEnabled: () => true, run: () => { onPicker('model'); } },
  ]);
  const openWhen = (name: PickerName): Pick<ModelPickerProps, 'isOpen' | 'onOpenChange' | 'onPicked'> => ({ isOpen: openPicker === name, onPicked, onOpenChange: (isOpen) => { onPicker(isOpen ? name : null); } });
  return (
    <header className="@container flex min-h-10 shrink-0 items-center gap-2 border-b border-line bg-panel px-2 py-1">
      <IconButton label={isListOpen ? t('chat.hideList') : t('chat.showList')} icon={<PanelLeft size={16} aria-hidden />} onClick={onList} />
      <h2 className="min-w-16 flex-1 truncate text-base font-medium" title={title}>{title}</h2>
      <ModelPicker label={t('chat.model')} models={models} value={model} onChange={onModel} {...openWhen('model')} />
      {compareModel === null ? null : <ModelPicker label={t('chat.comparedModel')} models={models} value={compareModel} onChange={onCompare} {...openWhen('compared')} />}
      <Toggle label={t('chat.compare')} word={t('chat.compareWord')} icon={<Columns2 size={16} aria-hidden />} isPressed={compareModel !== null} disabledReason={compareReason} onClick={compare} />
      <Toggle label={t('chat.settings')} word={t('chat.settingsWord')} shortcut="Ctrl+I" icon={<PanelRight size={16} aria-hidden />} isPressed={isInspectorOpen} onClick={toggleSettings} />
      {menu.length === 0 ? null : <DropdownMenu items={menu} trigger={<IconButton label={t('chat.more')} icon={<Ellipsis size={16} aria-hidden />} />} />}
    </header>
  );
}

interface ToggleProps extends Omit<IconButtonProps, 'size'> { word: string }

/** An icon with its word where there is room for one. */
function Toggle({ word, icon, ...rest }: ToggleProps): ReactNode {
  return <IconButton {...rest} className="w-auto! min-w-7 px-1.5" icon={<span className="inline-flex items-center gap-1.5 text-sm">{icon}<span className="hidden @3xl:inline">{word}</span></span>} />;
}
