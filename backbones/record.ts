import { z } from 'zod';
import type { Sha256 } from '../dataset/dataset.js';
import { canonicalJson } from '../runs/canonical-json.js';
import { NAME, NAME_RULE } from '../runs/names.js';
import { keys } from '../storage/keys.js';
import type { Recipe } from './backbone.js';
import { BackboneDamaged } from './model-file.js';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, '64 lower-case hexadecimal digits');
const positive = z.number().int().positive();
const name = z.string().regex(NAME, `a name ${NAME_RULE}`);
const text = z.string().min(1, 'a text');
const reference = z.strictObject({ name, fingerprint: sha256 });

const recipe = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.enum(['crop-bicubic', 'crop-bicubic-fast']),
    shortSide: positive,
    crop: positive,
    orientation: z.enum(['honour', 'ignore']),
    icc: z.enum(['convert', 'ignore']),
    alpha: z.enum(['drop', 'white']),
  }),
  z.strictObject({
    name: z.literal('keras-nearest'),
    side: positive,
    orientation: z.literal('ignore'),
    icc: z.literal('ignore'),
    alpha: z.literal('drop'),
  }),
]) satisfies z.ZodType<Recipe>;

const testResult = z.object({
  /** ISO 8601, UTC. */
  testedAt: z.string(),
  /** The network that this one was compared with. */
  against: reference,
  /** How many pictures were compared. */
  images: positive,
  /** Cosine of the two feature vectors of each picture. */
  cosine: z.object({ mean: z.number(), least: z.number() }),
  /** Validation accuracy of a head trained on the features of each, 0 to 1; absent where no data set was given. */
  accuracy: z.object({ dataset: z.string(), own: z.number(), against: z.number() }).optional(),
});

const recordFile = z.object({
  name,
  title: text,
  sha256,
  dimensions: positive,
  inputSize: positive,
  recipe,
  licence: text,
  origin: text,
  precision: z.enum(['float32', 'int8']),
  quantisedFrom: reference.optional(),
  test: testResult.optional(),
});

/** `backbones/<name>.json`: a network that a user registered. Its bytes lie under `backbones/networks/<sha256>.onnx`. */
export type BackboneRecord = Readonly<z.infer<typeof recordFile>>;

/** What `graft backbone test` found. */
export type BackboneTest = NonNullable<BackboneRecord['test']>;

/** Canonical JSON: equal records are equal bytes. Throws `BackboneDamaged` where it would not be read again. */
export function encodeRecord(record: BackboneRecord): Uint8Array {
  const bytes = Buffer.from(canonicalJson(record));
  decodeRecord(record.name, bytes);
  return bytes;
}

/** Reads a record. Throws `BackboneDamaged`, with what to do, where it is not what this Graft writes. */
export function decodeRecord(recordName: string, bytes: Uint8Array): BackboneRecord {
  try {
    const record = recordFile.parse(JSON.parse(Buffer.from(bytes).toString()));
    if (record.name !== recordName) throw new Error(`it is the record of ${JSON.stringify(record.name)}`);
    return record;
  } catch (cause) {
    throw new BackboneDamaged(
      `${keys.backboneRecord(recordName)} is not a backbone's record as this Graft writes it (${explain(cause)}). ` +
        `Remove it with graft backbone remove ${recordName} and add it again, or use the Graft that wrote it.`,
      { cause },
    );
  }
}

function explain(cause: unknown): string {
  if (!(cause instanceof z.ZodError)) return cause instanceof Error ? cause.message : String(cause);
  const [issue] = cause.issues;
  return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`;
}

/** A registered network and what its features are named after. */
export interface RegisteredBackbone extends BackboneRecord {
  readonly fingerprint: Sha256;
}
