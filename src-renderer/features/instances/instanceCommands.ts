import type { TFunction } from 'i18next';
import type { Instance } from '#contract/instances.ts';
import { requestPanel } from '../../app/viewStore.ts';
import type { App } from '../../app/appContext.tsx';
import { copyText } from '../../base/clipboard.ts';
import { getErrorCode } from '../../client/problems.ts';
import { decideAction, type RowAction } from './actionPolicy.ts';
import type { Workspace } from './workspace.ts';

type Deps = Pick<App, 'client' | 'view' | 'toast' | 'toastError'> & { workspace: Workspace; t: TFunction };

/** What a row, its menu and its keys do. Each asks the backend and waits for the live list to show the effect. */
export interface InstanceCommands {
  start(instances: readonly Instance[], options?: { acceptUnparsed: boolean }): void;
  stop(instances: readonly Instance[]): void;
  restart(instance: Instance): void;
  /** Starts what does not run, stops what does. */
  toggle(instances: readonly Instance[]): void;
  open(instance: Instance): void;
  showTerminal(instance: Instance): void;
  showLog(instance: Instance): void;
  askTrash(instances: readonly Instance[]): void;
  copy(text: string): void;
}

export function createInstanceCommands(deps: Deps): InstanceCommands {
  const { client, view, workspace, t } = deps;
  const start: InstanceCommands['start'] = (instances, options) => {
    for (const instance of possible('start', instances)) startOne(deps, instance, options?.acceptUnparsed ?? false);
  };
  const stop: InstanceCommands['stop'] = (instances) => {
    for (const { id } of possible('stop', instances)) client.instances.stop({ instance: id }).catch(deps.toastError);
  };
  return {
    start,
    stop,
    restart: ({ id }) => { client.instances.restart({ instance: id }).catch(deps.toastError); },
    toggle: (instances) => {
      const startable = possible('start', instances);
      if (startable.length > 0) start(startable);
      else stop(instances);
    },
    open: ({ url }) => { if (url !== null) window.open(url, '_blank', 'noopener'); },
    showTerminal: ({ id, terminalId, status }) => {
      const isLiveRun = terminalId !== null && status !== 'stopped' && status !== 'error';
      requestPanel(view, isLiveRun ? { kind: 'terminal', terminalId } : { kind: 'shell', instanceId: id });
    },
    showLog: (instance) => { showLastLog(deps, instance).catch(deps.toastError); },
    askTrash: (instances) => { if (instances.length > 0) workspace.state.setState({ dialog: { kind: 'trash', instances } }); },
    copy: (text) => {
      copyText(text).then(() => { deps.toast({ tone: 'ok', title: t('instances.toast.copied'), text }); }, deps.toastError);
    },
  };
}

/** The log of the live run, else of the last one. */
async function showLastLog({ client, view }: Deps, { id, runId }: Instance): Promise<void> {
  const shown = runId ?? (await client.runs.list({ instance: id, limit: 1 }))[0]?.id;
  if (shown !== undefined) requestPanel(view, { kind: 'log', runId: shown });
}

function possible(action: RowAction, instances: readonly Instance[]): Instance[] {
  return instances.filter((instance) => decideAction(action, instance) === true);
}

function startOne({ client, toastError, workspace }: Deps, instance: Instance, acceptUnparsed: boolean): void {
  client.instances.start({ instance: instance.id, acceptUnparsed }).catch((error: unknown) => {
    if (getErrorCode(error) === 'blueprint.unparsed') workspace.state.setState({ dialog: { kind: 'unparsed', instance } });
    else toastError(error);
  });
}
