import { useState } from 'react';
import { useStore } from 'zustand';
import { readAttachments } from './attachments.ts';
import type { AttachRefusal } from './attachments.ts';
import { emptyDraft, setDraft } from './chatWorkspace.ts';
import type { Draft, Workspace } from './chatWorkspace.ts';

export interface ComposerState {
  draft: Draft;
  refusals: readonly AttachRefusal[];
  setText: (text: string) => void;
  attach: (files: readonly File[]) => void;
  detach: (index: number) => void;
  clear: () => void;
}

/** The half-written question of a conversation, kept while a person looks elsewhere. */
export function useComposer(workspace: Workspace, key: string, report: (error: unknown) => void): ComposerState {
  const draft = useStore(workspace, ({ drafts }) => drafts[key]) ?? emptyDraft;
  const [refusals, setRefusals] = useState<readonly AttachRefusal[]>([]);
  const attach = async (files: readonly File[]): Promise<void> => {
    const now = workspace.getState().drafts[key]?.attachments ?? [];
    const read = await readAttachments(files, now);
    setRefusals(read.refusals);
    setDraft(workspace, key, { attachments: [...now, ...read.attachments] });
  };
  return {
    draft, refusals,
    setText: (text) => { setDraft(workspace, key, { text }); },
    attach: (files) => { attach(files).catch(report); },
    detach: (index) => { setDraft(workspace, key, { attachments: draft.attachments.filter((_, at) => at !== index) }); },
    clear: () => { setRefusals([]); setDraft(workspace, key, emptyDraft); },
  };
}
