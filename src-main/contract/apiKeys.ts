import { z } from 'zod';
import { changeOf } from './changeOf.ts';
import { call } from './declare.ts';

export const apiKeyId = z.string().min(1).max(80).brand<'ApiKeyId'>();
export type ApiKeyId = z.infer<typeof apiKeyId>;

/** What a key may do: `infer` use models, `read` see them and the metrics, `manage` load, unload, cancel and reach all of an engine. */
export const apiKeyScope = z.enum(['infer', 'read', 'manage']);
export type ApiKeyScope = z.infer<typeof apiKeyScope>;

/** What is set on a key. Limits are null where there is none; `models` empty means all. */
export const apiKeySettings = z.object({
  name: z.string().trim().min(1).max(120),
  scopes: z.array(apiKeyScope).min(1).default(['infer', 'read']),
  models: z.array(z.string().max(300)).max(200).default([]),
  requestsPerMinute: z.int().min(1).nullable().default(null),
  tokensPerMinute: z.int().min(1).nullable().default(null),
  tokensPerDay: z.int().min(1).nullable().default(null),
  concurrentRequests: z.int().min(1).nullable().default(null),
  priority: z.int().min(-10).max(10).default(0),
  expiresAtMs: z.number().nullable().default(null),
});
export type ApiKeySettings = z.infer<typeof apiKeySettings>;

/** A key without its secret; `hint` is its first letters. */
export const apiKey = apiKeySettings.extend({ id: apiKeyId, hint: z.string(), createdAtMs: z.number(), revokedAtMs: z.number().nullable(), lastUsedAtMs: z.number().nullable(), requestCount: z.number(), promptTokens: z.number(), completionTokens: z.number() });
export type ApiKey = z.infer<typeof apiKey>;

const one = z.object({ key: z.string().min(1).max(120) });

export const apiKeys = {
  list: call({ method: 'GET', path: '/keys', summary: 'API keys', input: z.object({}), output: z.array(apiKey) }),
  /** The only time the secret is shown. */
  create: call({ method: 'POST', path: '/keys', summary: 'Make a key', input: apiKeySettings.partial().required({ name: true }), output: z.object({ key: apiKey, secret: z.string() }), errors: ['key.name_taken'] }),
  update: call({ method: 'PATCH', path: '/keys/{key}', summary: 'Change limits', input: one.extend({ set: changeOf(apiKeySettings) }), output: apiKey, errors: ['key.not_found', 'key.name_taken'] }),
  revoke: call({ method: 'DELETE', path: '/keys/{key}', summary: 'Revoke for good', input: one, output: apiKey, errors: ['key.not_found'] }),
};
