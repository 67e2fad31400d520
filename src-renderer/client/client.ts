import type { ContractRouterClient } from '@orpc/contract';
import type { AppContract } from '#contract/contract.ts';

/** Every call and stream of the contract, typed; the same over both carriers. */
export type Client = ContractRouterClient<AppContract>;
