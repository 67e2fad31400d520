import { parseArgs } from 'node:util';
import { z } from 'zod';

const MINUTE_MS = 60_000;

export const hostArguments = z.object({
  socket: z.string().min(1),
  /** Where the pid record is written. */
  pidFile: z.string().min(1),
  /** How long the host stays without a living terminal and without a backend. */
  idleExitMs: z.coerce.number().int().min(0).default(MINUTE_MS),
  /** The same while there are exits that no backend has heard of. */
  unseenExitMs: z.coerce.number().int().min(0).default(24 * 60 * MINUTE_MS),
});
export type HostArguments = z.infer<typeof hostArguments>;

/** Parses `--socket P --pidFile P [--idleExitMs N] [--unseenExitMs N]`. @throws ZodError, TypeError */
export function parseHostArguments(args: readonly string[]): HostArguments {
  const option = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args], options: { socket: option, pidFile: option, idleExitMs: option, unseenExitMs: option },
  });
  return hostArguments.parse(values);
}
