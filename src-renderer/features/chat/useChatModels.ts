import { useMemo } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../../app/appContext.tsx';
import { listChatModels } from './chatModels.ts';
import type { ChatModelView } from './chatModels.ts';

/** The models that chat, live; null until the backend has said which there are. */
export function useChatModels(): ChatModelView[] | null {
  const { stores } = useApp();
  const isReady = useStore(stores.configs, (state) => state.isReady);
  const configs = useStore(stores.configs, (state) => state.byId);
  const versions = useStore(stores.models, (state) => state.byId);
  const served = useStore(stores.serving, ({ snapshot }) => snapshot?.models);
  return useMemo(() => (isReady ? listChatModels({ configs, versions, served: served ?? [] }) : null), [isReady, configs, versions, served]);
}
