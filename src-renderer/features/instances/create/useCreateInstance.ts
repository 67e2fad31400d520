import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Blueprint } from '#contract/blueprints.ts';
import type { Instance } from '#contract/instances.ts';
import { useApp } from '../../../app/appContext.tsx';
import { toProblem, type Problem } from '../../../client/problems.ts';
import { useScope } from '../InstancesScope.tsx';
import { focusOn } from '../table/rowNavigation.ts';
import { groupKeyOf, groupTitleOf } from '../table/rowPlan.ts';
import { useRowCommands } from '../table/useRowCommands.ts';
import { toCreation, type InstanceDraft } from './instanceDraft.ts';

interface CreateOptions { blueprint: Blueprint; isStarting: boolean; acceptUnparsed: boolean }

export interface Creating {
  /** Set once the instance exists and its start was asked for. */
  created: Instance | null;
  problem: Problem | null;
  isBusy: boolean;
  create: (draft: InstanceDraft, options: CreateOptions) => void;
}

/** Creates an instance and, if wanted, starts it; a refused start leaves the instance there and says why. */
export function useCreateInstance(onDone: () => void): Creating {
  const { t } = useTranslation();
  const { client } = useApp();
  const { workspace } = useScope();
  const rows = useRowCommands();
  const [created, setCreated] = useState<Instance | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const run = async (draft: InstanceDraft, { blueprint, isStarting, acceptUnparsed }: CreateOptions): Promise<void> => {
    const instance = await client.instances.create(toCreation(draft, blueprint.id));
    workspace.state.setState({ filter: '', isFocusWanted: true });
    rows.setFocus(focusOn({ kind: 'instance', key: instance.id, groupKey: groupKeyOf(groupTitleOf(instance)) }));
    if (!isStarting) {
      onDone();
      return;
    }
    setCreated(instance);
    await client.instances.start({ instance: instance.id, acceptUnparsed });
  };
  const create = (draft: InstanceDraft, options: CreateOptions): void => {
    setBusy(true);
    setProblem(null);
    run(draft, options)
      .catch((error: unknown) => { setProblem(toProblem(error, t)); })
      .finally(() => { setBusy(false); });
  };
  return { created, problem, isBusy, create };
}
