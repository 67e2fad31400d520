import { useState } from 'react';
import { useStore } from 'zustand';
import { addFiles, readFiles } from './attached/attachments.ts';
import type { AttachRefusal } from './attached/attachments.ts';
import { emptyDraft, getDraft, giveBackDraft, setDraft, takeDraft } from './chatWorkspace.ts';
import type { Draft, Workspace } from './chatWorkspace.ts';

export interface ComposerState {
  draft: Draft;
  refusals: readonly AttachRefusal[];
  setText: (text: string) => void;
  attach: (files: readonly File[]) => void;
  detach: (index: number) => void;
  /** Empties the box for what is written next. */
  take: () => Draft;
  /** Puts back what could not be sent. */
  giveBack: (draft: Draft) => void;
}

/** The half-written question of a conversation, kept while a person looks elsewhere. */
export function useComposer(workspace: Workspace, key: string, report: (error: unknown) => void): ComposerState {
  const draft = useStore(workspace, ({ drafts }) => drafts[key]) ?? emptyDraft;
  const [refusals, setRefusals] = useState<readonly AttachRefusal[]>([]);
  const attach = async (files: readonly File[]): Promise<void> => {
    const read = await readFiles(files);
    // Others may have been added while these were read.
    const outcome = addFiles(read, getDraft(workspace, key).attachments);
    setRefusals(outcome.refusals);
    setDraft(workspace, key, { attachments: outcome.attachments });
  };
  return {
    draft, refusals,
    setText: (text) => { setDraft(workspace, key, { text }); },
    attach: (files) => { attach(files).catch(report); },
    detach: (index) => { setDraft(workspace, key, { attachments: getDraft(workspace, key).attachments.filter((_, at) => at !== index) }); },
    take: () => { setRefusals([]); return takeDraft(workspace, key); },
    giveBack: (taken) => { giveBackDraft(workspace, key, taken); },
  };
}
