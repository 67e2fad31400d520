import { z } from 'zod';

type WithoutDefault<T> = T extends z.ZodDefault<infer Inner> | z.ZodPrefault<infer Inner> ? Inner : T;
type ChangeShape<S extends z.ZodRawShape> = { [K in keyof S]: z.ZodOptional<WithoutDefault<S[K]>> };

/**
 * The shape of a change: every field may be left out, and one that is left out stays as it is. `partial()` alone would fill
 * in each default and so reset what was not named.
 */
export function changeOf<S extends z.ZodRawShape>(schema: z.ZodObject<S>): z.ZodObject<ChangeShape<S>> {
  const fields = Object.entries(schema.shape).map(([name, field]) => [name, z.optional(withoutDefault(field))]);
  return z.object(Object.fromEntries(fields) as ChangeShape<S>);
}

function withoutDefault(field: z.core.$ZodType): z.core.$ZodType {
  return field instanceof z.ZodDefault || field instanceof z.ZodPrefault ? field.unwrap() : field;
}
