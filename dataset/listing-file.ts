import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
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

/** Lines between two breaths: some milliseconds. In one go a million took a machine past its heartbeats. */
const LINES_AT_ONCE = 1_000;

/**
 * JSON Lines: first `{"format":1,"source","rules","pictures","sha256"}`, with the number of lines that follow and their
 * SHA-256, then one line per picture. The same listing gives the same bytes.
 */
export async function encodeListing({ source, rules, pictures }: SourceListing): Promise<Uint8Array> {
  const hash = createHash('sha256');
  // Never one text: no string holds more than 512 MB, two million pictures.
  const parts: Buffer[] = [];
  for (let start = 0; start < pictures.length; start += LINES_AT_ONCE) {
    const some = pictures.slice(start, start + LINES_AT_ONCE);
    const lines = Buffer.from(some.map((picture) => `${JSON.stringify(inOrder(picture))}\n`).join(''));
    hash.update(lines);
    parts.push(lines);
    await setImmediate();
  }
  const head = { format: 1, source, rules, pictures: pictures.length, sha256: hash.digest('hex') };
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ...parts]);
}

/** The listing of these bytes; `undefined` where its pictures are not those that were written. */
export async function decodeListing(bytes: Uint8Array): Promise<SourceListing | undefined> {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = body.indexOf('\n');
  const head = headSchema.safeParse(parseJson(body.toString('utf8', 0, Math.max(end, 0))));
  const lines = body.subarray(end + 1);
  if (!head.success || hashOf(lines) !== head.data.sha256) return undefined;
  const pictures = await readLines(lines);
  const { source, rules, pictures: expected } = head.data;
  return pictures?.length === expected ? { source, rules, pictures } : undefined;
}

/** `undefined` where one is no picture. */
async function readLines(lines: Buffer): Promise<readonly ListedPicture[] | undefined> {
  const pictures: ListedPicture[] = [];
  for (let start = 0; start < lines.length;) {
    const end = lines.indexOf('\n', start);
    const { data } = pictureSchema.safeParse(parseJson(lines.toString('utf8', start, Math.max(end, start))));
    if (data === undefined) return undefined;
    pictures.push(data);
    start = end + 1;
    if (pictures.length % LINES_AT_ONCE === 0) await setImmediate();
  }
  return pictures;
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
