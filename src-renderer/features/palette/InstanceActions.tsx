import type { TFunction } from 'i18next';
import { useLayoutEffect } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Instance } from '#contract/instances.ts';
import type { Action } from '../../app/actions.ts';
import { useApp } from '../../app/appContext.tsx';
import type { App } from '../../app/appContext.tsx';
import { navigate } from '../../app/route.ts';
import { decideAction } from '../instances/actionPolicy.ts';
import type { InstanceCommands } from '../instances/instanceCommands.ts';
import { InstancesScope, useScope } from '../instances/InstancesScope.tsx';
import { listInstances } from '../instances/instanceStore.ts';
import { workspaceOf } from '../instances/workspace.ts';
import { showInstance } from './showInstance.ts';

/** Makes every instance reachable by its name from every area. Draws nothing. */
export function InstanceActions(): ReactNode {
  return <InstancesScope><Registration /></InstancesScope>;
}

function Registration(): ReactNode {
  const { t } = useTranslation();
  const app = useApp();
  const { commands } = useScope();
  // In the same phase as the area's own actions, which must come later to take the place of these.
  useLayoutEffect(() => app.actions.register(() => [toCreate(app, t), ...listInstances(app.stores.instances.getState()).flatMap((instance) => toNamed(instance, { app, commands, t }))]), [app, commands, t]);
  return null;
}

/** The area's own action of this id takes its place while the area is on screen. */
function toCreate(app: App, t: TFunction): Action {
  return {
    id: 'instances.create', title: t('instances.new'), area: t('instances.title'), isEnabled: () => true,
    run: () => {
      workspaceOf(app.stores.instances).state.setState({ dialog: { kind: 'create', blueprintId: null } });
      navigate('instances');
    },
  };
}

interface Parts { app: App; commands: InstanceCommands; t: TFunction }

function toNamed(instance: Instance, { app, commands, t }: Parts): Action[] {
  const { id, name } = instance;
  const named = (verb: string, title: string, run: () => void): Action => ({ id: `instance.${verb}.${id}`, title, area: t('instances.title'), isOnlyFound: true, isEnabled: () => true, run });
  const found = [named('show', t('journal.openSubject', { name }), () => { showInstance(app, id); })];
  if (decideAction('start', instance) === true) found.push(named('start', t('instances.action.startNamed', { name }), () => { commands.start([instance]); }));
  if (decideAction('stop', instance) === true) found.push(named('stop', t('instances.action.stopNamed', { name }), () => { commands.stop([instance]); }));
  if (decideAction('open', instance) === true) found.push(named('open', t('instances.action.openNamed', { name }), () => { commands.open(instance); }));
  return found;
}
