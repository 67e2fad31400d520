import { Boxes, Brain, Gpu, MessageCircle, ScrollText, Settings } from 'lucide-react';
import { ChatInspector } from '../features/chat/ChatInspector.tsx';
import { LazyChat } from '../features/chat/LazyChat.tsx';
import { AlertCount } from '../features/gpus/GpuMeters.tsx';
import { GpusArea } from '../features/gpus/GpusArea.tsx';
import { InstanceInspector, InstancesArea } from '../features/instances/InstancesArea.tsx';
import { JournalArea } from '../features/journal/JournalArea.tsx';
import { ModelsArea } from '../features/models/ModelsArea.tsx';
import { SettingsArea } from '../features/settings/SettingsArea.tsx';
import { registerArea } from './areas.ts';

/** The areas that exist. */
export function registerAreas(): void {
  registerArea({ id: 'instances', icon: Boxes, Main: InstancesArea, Inspector: InstanceInspector, viewsWithoutInspector: ['blueprints', 'trash'] });
  registerArea({ id: 'models', icon: Brain, Main: ModelsArea, reopensLastView: true });
  registerArea({ id: 'chat', icon: MessageCircle, Main: LazyChat, Inspector: ChatInspector });
  registerArea({ id: 'gpus', icon: Gpu, Main: GpusArea, Count: AlertCount });
  registerArea({ id: 'journal', icon: ScrollText, Main: JournalArea });
  registerArea({ id: 'settings', icon: Settings, Main: SettingsArea });
}
