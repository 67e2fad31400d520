import { Boxes, ScrollText, Settings } from 'lucide-react';
import { InstanceInspector, InstancesArea } from '../features/instances/InstancesArea.tsx';
import { JournalArea } from '../features/journal/JournalArea.tsx';
import { SettingsArea } from '../features/settings/SettingsArea.tsx';
import { registerArea } from './areas.ts';

/** The areas that exist. */
export function registerAreas(): void {
  registerArea({ id: 'instances', icon: Boxes, Main: InstancesArea, Inspector: InstanceInspector, viewsWithoutInspector: ['blueprints', 'trash'] });
  registerArea({ id: 'journal', icon: ScrollText, Main: JournalArea });
  registerArea({ id: 'settings', icon: Settings, Main: SettingsArea });
}
