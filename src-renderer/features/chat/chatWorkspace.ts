import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { Attachment, ChatSampling } from '#contract/conversations.ts';
import type { ConversationStore } from './conversationStore.ts';

/** What is being written but was not sent. */
export interface Draft { text: string; attachments: readonly Attachment[] }

/** How the next new conversation begins. */
export interface Beginning { model: string | null; compareModel: string | null; systemPrompt: string; sampling: ChatSampling }

/** What the window knows beside the conversations: half-written questions by conversation, `new` for the next one, and by the question that is being edited. */
export interface WorkspaceState {
  drafts: Readonly<Record<string, Draft>>;
  beginning: Beginning;
  search: string;
  /** A question that asks for a decision. */
  dialog: { kind: 'delete' | 'rename'; conversationId: string } | null;
}
export type Workspace = StoreApi<WorkspaceState>;

export const emptyDraft: Draft = { text: '', attachments: [] };
export const noSampling: ChatSampling = { temperature: null, topP: null, topK: null, minP: null, maxTokens: null, seed: null, stop: [] };
const freshBeginning: Beginning = { model: null, compareModel: null, systemPrompt: '', sampling: noSampling };

const workspaces = new WeakMap<ConversationStore, Workspace>();

/** The one workspace beside a store of conversations: it outlives the area, so that nothing half-written is lost. */
export function workspaceOf(store: ConversationStore): Workspace {
  const existing = workspaces.get(store) ?? createStore<WorkspaceState>(() => ({ drafts: {}, beginning: freshBeginning, search: '', dialog: null }));
  workspaces.set(store, existing);
  return existing;
}

export function setDraft(workspace: Workspace, key: string, change: Partial<Draft>): void {
  workspace.setState(({ drafts }) => ({ drafts: { ...drafts, [key]: { ...emptyDraft, ...drafts[key], ...change } } }));
}

export function getDraft(workspace: Workspace, key: string): Draft {
  return workspace.getState().drafts[key] ?? emptyDraft;
}

/** Takes a draft away to be sent; `giveBack` undoes it. */
export function takeDraft(workspace: Workspace, key: string): Draft {
  const draft = getDraft(workspace, key);
  setDraft(workspace, key, emptyDraft);
  return draft;
}

export function dropDraft(workspace: Workspace, key: string): void {
  workspace.setState(({ drafts }) => ({ drafts: Object.fromEntries(Object.entries(drafts).filter(([one]) => one !== key)) }));
}

/** Puts back what could not be sent, before what was written meanwhile. */
export function giveBackDraft(workspace: Workspace, key: string, { text, attachments }: Draft): void {
  const now = getDraft(workspace, key);
  setDraft(workspace, key, { text: [text, now.text].filter((part) => part !== '').join('\n'), attachments: [...attachments, ...now.attachments] });
}

/** What is half-written for a new conversation goes on in the one that has begun. */
export function moveDraft(workspace: Workspace, from: string, to: string): void {
  setDraft(workspace, to, takeDraft(workspace, from));
}

/** The next new conversation begins as they all do. */
export function resetBeginning(workspace: Workspace): void {
  workspace.setState({ beginning: freshBeginning });
}

export function setBeginning(workspace: Workspace, change: Partial<Beginning>): void {
  workspace.setState(({ beginning }) => ({ beginning: { ...beginning, ...change } }));
}
