import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';

/** A mirror of one noun: what the backend has of it, by id. `isReady` once the first snapshot came. */
export interface ById<T> { isReady: boolean; byId: Readonly<Record<string, T>> }
export type ByIdStore<T> = StoreApi<ById<T>>;

export function createByIdStore<T>(): ByIdStore<T> {
  return createStore<ById<T>>(() => ({ isReady: false, byId: {} }));
}

/** A new snapshot replaces all. */
export function replaceAll<T extends { id: string }>(store: ByIdStore<T>, items: readonly T[]): void {
  store.setState({ isReady: true, byId: Object.fromEntries(items.map((item) => [item.id, item])) });
}

export function putOne<T extends { id: string }>(store: ByIdStore<T>, item: T): void {
  store.setState(({ byId }) => ({ byId: { ...byId, [item.id]: item } }));
}

export function dropOne<T>(store: ByIdStore<T>, goneId: string): void {
  store.setState(({ byId }) => ({ byId: Object.fromEntries(Object.entries(byId).filter(([id]) => id !== goneId)) }));
}
