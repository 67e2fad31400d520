import { implement } from '@orpc/server';
import { contract } from '#contract/contract.ts';

/** The contract, ready to be given handlers. */
export const api = implement(contract);
export type Api = typeof api;
