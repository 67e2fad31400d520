import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { navigate, useRoute } from '../../app/route.ts';
import { Segmented } from '../../ui/Segmented.tsx';
import { BlueprintsView } from '../blueprints/BlueprintsView.tsx';
import { NewInstanceSheet } from './create/NewInstanceSheet.tsx';
import { Inspector } from './inspect/Inspector.tsx';
import { InstancesScope, useScope, useWorkspace } from './InstancesScope.tsx';
import { InstancesView } from './InstancesView.tsx';
import { TrashDialog } from './trash/TrashDialog.tsx';
import { TrashView } from './trash/TrashView.tsx';
import { UnparsedDialog } from './UnparsedDialog.tsx';
import type { OpenDialog } from './workspace.ts';
import { useAnnouncedStatuses } from './useAnnouncedStatuses.ts';
import { useAreaActions } from './useAreaActions.ts';

const sections = ['instances', 'blueprints', 'trash'] as const;
type Section = (typeof sections)[number];

/** Instances, the blueprints they are made of, and the trash they go to. */
export function InstancesArea(): ReactNode {
  return <InstancesScope><Area /></InstancesScope>;
}

/** The details of the row in focus. */
export function InstanceInspector(): ReactNode {
  return <InstancesScope><Inspector /></InstancesScope>;
}

function Area(): ReactNode {
  const { t } = useTranslation();
  const { workspace } = useScope();
  const route = useRoute();
  const section = sections.find((each) => each === route.rest[0]) ?? 'instances';
  const dialog = useWorkspace((state) => state.dialog);
  const close = (): void => { workspace.state.setState({ dialog: null }); };
  useAreaActions();
  useAnnouncedStatuses();
  const switcher = (
    <Segmented<Section>
      label={t('instances.view.label')}
      value={section}
      options={sections.map((value) => ({ value, label: t(`instances.view.${value}`) }))}
      onChange={(value) => { if (value === 'instances') navigate('instances'); else navigate('instances', value); }}
    />
  );
  return (
    <div className="flex h-full min-h-0 flex-col">
      {section === 'instances' ? <InstancesView switcher={switcher} /> : null}
      {section === 'blueprints' ? <BlueprintsView switcher={switcher} onCreate={(blueprintId) => { workspace.state.setState({ dialog: { kind: 'create', blueprintId } }); }} /> : null}
      {section === 'trash' ? <TrashView switcher={switcher} /> : null}
      {dialog === null ? null : <OpenedDialog dialog={dialog} onClose={close} />}
    </div>
  );
}

function OpenedDialog({ dialog, onClose }: { dialog: OpenDialog; onClose: () => void }): ReactNode {
  switch (dialog.kind) {
    case 'create': return <NewInstanceSheet blueprintId={dialog.blueprintId} onClose={onClose} />;
    case 'trash': return <TrashDialog instances={dialog.instances} onClose={onClose} />;
    case 'unparsed': return <UnparsedDialog instance={dialog.instance} onClose={onClose} />;
    case 'review': return null;
  }
}
