import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { Tone } from '../ui/tone.ts';

/** News of something that happened elsewhere; errors stay longest. */
export interface Toast {
  tone: Tone;
  title: string;
  text?: string | null;
  action?: { label: string; run: () => void };
}
export interface ShownToast extends Toast { id: number }
export interface ToastState { toasts: readonly ShownToast[] }
export type ToastStore = StoreApi<ToastState>;

const MOST_SHOWN = 4;
let lastId = 0;

export function createToastStore(): ToastStore {
  return createStore<ToastState>(() => ({ toasts: [] }));
}

/** Adds a toast; one with the same words replaces its elder, and only the last few are kept. */
export function addToast(store: ToastStore, toast: Toast): void {
  lastId += 1;
  const shown = { ...toast, id: lastId };
  store.setState(({ toasts }) => ({ toasts: [...toasts.filter((other) => other.title !== toast.title || other.text !== toast.text), shown].slice(-MOST_SHOWN) }));
}

export function dropToast(store: ToastStore, id: number): void {
  store.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }));
}
