import { z } from 'zod';
import { call, stream } from './declare.ts';

export const alertKind = z.enum(['gpu_temperature', 'vram_nearly_full', 'power_throttling', 'gpu_lost', 'disk_nearly_full', 'ram_pressure', 'out_of_memory']);
export type AlertKind = z.infer<typeof alertKind>;

/** Something that needs a look. `value` and `limit` in the kind's own unit: °C, percent, or bytes free for a disk. */
export const alert = z.object({
  id: z.string(),
  kind: alertKind,
  subjectId: z.string(),
  subjectName: z.string(),
  value: z.number().nullable(),
  limit: z.number().nullable(),
  raisedAtMs: z.number(),
  clearedAtMs: z.number().nullable(),
});
export type Alert = z.infer<typeof alert>;

export const alertChange = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('snapshot'), alerts: z.array(alert) }),
  z.object({ kind: z.literal('changed'), alert }),
]);
export type AlertChange = z.infer<typeof alertChange>;

export const alerts = {
  list: call({ method: 'GET', path: '/alerts', summary: 'Alerts that stand now, and the last that have gone', input: z.object({}), output: z.array(alert) }),
  watch: stream({ path: '/alerts/watch', summary: 'Alerts, then each change', input: z.object({}), output: alertChange }),
};
