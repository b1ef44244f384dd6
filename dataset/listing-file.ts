import { createHash } from 'node:crypto';
import { z } from 'zod';

const wholeNumber = z.number().int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const headSchema = z.object({
  format: z.literal(1),
  source: z.string(),
  rules: z.string(),
  pictures: wholeNumber,
  sha256,
});

const common = { path: z.string(), stamp: z.string(), sha256, bytes: wholeNumber };
const pictureSchema = z.union([
  z.strictObject({
    ...common,
    width: wholeNumber,
    height: wholeNumber,
    extension: z.enum(['jpg', 'png', 'webp']),
  }),
  z.strictObject({ ...common, reason: z.string() }),
]);

/** One picture of a source as it was when it was read last. */
export type ListedPicture = Readonly<z.infer<typeof pictureSchema>>;

/** What a source held when its dataset's version was written. */
export interface SourceListing {
  /** For people: never a credential. */
  readonly source: string;
  /** By which rules the pictures were judged; readings by others are worth nothing. */
  readonly rules: string;
  /** In the source's order, each path once. */
  readonly pictures: readonly ListedPicture[];
}

/**
 * JSON Lines: first `{"format":1,"source","rules","pictures","sha256"}`, with the number of lines that follow and their
 * SHA-256, then one line per picture. The same listing gives the same bytes.
 */
export function encodeListing({ source, rules, pictures }: SourceListing): Uint8Array {
  const lines = Buffer.from(pictures.map((picture) => `${JSON.stringify(inOrder(picture))}\n`).join(''));
  const head = { format: 1, source, rules, pictures: pictures.length, sha256: hashOf(lines) };
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), lines]);
}

/** The listing of these bytes; `undefined` where its pictures are not those that were written. */
export function decodeListing(bytes: Uint8Array): SourceListing | undefined {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = body.indexOf('\n');
  const head = headSchema.safeParse(parseJson(body.toString('utf8', 0, Math.max(end, 0))));
  const lines = body.subarray(end + 1);
  if (!head.success || hashOf(lines) !== head.data.sha256) return undefined;
  const texts = lines.toString().split('\n').slice(0, -1);
  const pictures = texts.map((text) => pictureSchema.safeParse(parseJson(text)).data);
  const whole = pictures.filter((picture) => picture !== undefined);
  if (whole.length !== pictures.length || whole.length !== head.data.pictures) return undefined;
  const { source, rules } = head.data;
  return { source, rules, pictures: whole };
}

/** The fields of a line in their order: equal listings have equal bytes. */
function inOrder(picture: ListedPicture): ListedPicture {
  const { path, stamp, sha256, bytes } = picture;
  const first = { path, stamp, sha256, bytes };
  if ('reason' in picture) return { ...first, reason: picture.reason };
  return { ...first, width: picture.width, height: picture.height, extension: picture.extension };
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
