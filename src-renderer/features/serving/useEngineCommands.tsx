import { CirclePause, CirclePlay, Eject, FileText, Play, SlidersHorizontal, Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { TFunction } from 'i18next';
import type { ModelConfig } from '#contract/modelConfigs.ts';
import type { ServedModel } from '#contract/serving.ts';
import { useApp } from '../../app/appContext.tsx';
import type { MenuEntry } from '../../ui/Menu.tsx';
import { showModelPage } from '../models/modelPlace.ts';
import { isOff } from './engineGroups.ts';
import { useLoading } from './useLoading.ts';

/** What can be done with a served model. */
export interface EngineCommands {
  menuOf: (model: ServedModel) => readonly MenuEntry[];
  /** Does what a key stands for; whether it stands for something. */
  press: (model: ServedModel, key: string) => boolean;
  /** Why it cannot be loaded; null when it can. */
  reasonOf: (model: ServedModel) => string | null;
  /** Loads what is not loaded, unloads the rest. */
  toggle: (model: ServedModel) => void;
  edit: (model: ServedModel) => void;
}

interface Asked { onEdit: (configId: string) => void; onDrop: (model: ServedModel) => void }

export function useEngineCommands({ onEdit, onDrop }: Asked): EngineCommands {
  const { t } = useTranslation();
  const { client, stores, toastError } = useApp();
  const { load, unload } = useLoading();
  const configOf = ({ configId }: ServedModel): ModelConfig | undefined => stores.configs.getState().byId[configId];
  const reasonOf = (model: ServedModel): string | null => toReason(configOf(model), t);
  const toggle = (model: ServedModel): void => {
    if (!isOff(model)) unload(model.configId);
    else if (reasonOf(model) === null) load(model.name);
  };
  const setEnabled = ({ configId }: ServedModel, isEnabled: boolean): void => { client.modelConfigs.update({ config: configId, set: { isEnabled } }).catch(toastError); };
  const drop = (model: ServedModel): void => { if (configOf(model)?.isImplicit === false) onDrop(model); };
  const edit = (model: ServedModel): void => { if (configOf(model) !== undefined) onEdit(model.configId); };
  const showLog = ({ configId }: ServedModel): void => { showModelPage('serving', configId); };
  const keys: Readonly<Record<string, (model: ServedModel) => void>> = { ' ': toggle, l: showLog, e: edit, Delete: drop };
  return {
    reasonOf,
    toggle,
    edit,
    press: (model, key) => {
      keys[key]?.(model);
      return key in keys;
    },
    menuOf: (model) => {
      const config = configOf(model);
      const gone = config === undefined ? t('serving.configGone') : null;
      const notLoaded = isOff(model) ? t('serving.state.unloaded') : null;
      return [
        { id: 'load', label: t('serving.load'), icon: <Play size={14} />, shortcut: 'Space', disabledReason: isOff(model) ? reasonOf(model) : t(`serving.state.${model.state}`), onSelect: () => { load(model.name); } },
        { id: 'unload', label: t('serving.unload'), icon: <Eject size={14} />, shortcut: 'Space', disabledReason: notLoaded, onSelect: () => { unload(model.configId); } },
        { id: 'force', label: t('serving.unloadNow'), isDanger: true, disabledReason: notLoaded, onSelect: () => { unload(model.configId, { force: true }); } },
        { id: 'log', label: t('serving.log'), icon: <FileText size={14} />, shortcut: 'L', onSelect: () => { showLog(model); } },
        'separator',
        { id: 'edit', label: t('serving.editConfig'), icon: <SlidersHorizontal size={14} />, shortcut: 'Enter', disabledReason: gone, onSelect: () => { edit(model); } },
        config?.isEnabled === false
          ? { id: 'on', label: t('serving.switchOn'), icon: <CirclePlay size={14} />, onSelect: () => { setEnabled(model, true); } }
          : { id: 'off', label: t('serving.switchOff'), icon: <CirclePause size={14} />, disabledReason: gone, onSelect: () => { setEnabled(model, false); } },
        { id: 'drop', label: t('serving.dropConfig'), icon: <Trash2 size={14} />, shortcut: 'Delete', isDanger: true, disabledReason: gone ?? (config?.isImplicit === false ? null : t('serving.isImplicit')), onSelect: () => { drop(model); } },
      ];
    },
  };
}

function toReason(config: ModelConfig | undefined, t: TFunction): string | null {
  return config === undefined || config.problem === null ? null : t(`serving.problem.${config.problem}`);
}
