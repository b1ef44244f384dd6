import type { z } from 'zod';
import type { ObjectStore } from '../storage/object-store.js';

/** An object's JSON. Throws `ObjectNotFound`, `SyntaxError`, and `ZodError` where it is something else. */
export async function readJson<Output>(
  store: ObjectStore,
  key: string,
  schema: z.ZodType<Output>,
): Promise<Output> {
  return schema.parse(JSON.parse(Buffer.from(await store.get(key)).toString()));
}
