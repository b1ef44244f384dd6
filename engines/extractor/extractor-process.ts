/**
 * Main of the extractor process: decoding and inference away from whoever needs them, so that a native crash or the
 * out-of-memory killer takes this process and nothing else. See `createSupervisedExtractor`.
 *
 * Nothing native is imported before the parent is listened to: a library that does not load is told, not died of.
 */
import { setFlagsFromString } from 'node:v8';
import type { FromExtractor, ToExtractor } from './extractor-messages.js';
import type { ExtractorServer } from './extractor-server.js';
import { offerMemory } from '../child/offer-memory.js';

// V8 counts the bytes of pictures as if they lay in its heap of 10 MB, and looked for garbage at every 40th picture. This
// way it is every 250th: V8 itself allows 64 MB of them.
setFlagsFromString('--heap-growing-percent=500');
offerMemory();

let server: Promise<ExtractorServer | undefined> = Promise.resolve(undefined);

process.on('SIGINT', () => {
  // Ctrl-C reaches the whole terminal group; the parent drains first and then disconnects.
});
process.on('disconnect', () => process.exit());
process.on('message', (message: ToExtractor) => {
  if (message.kind === 'open') server = open(message);
  else void server.then((opened) => opened?.receive(message));
});

async function open(
  message: Extract<ToExtractor, { readonly kind: 'open' }>,
): Promise<ExtractorServer | undefined> {
  try {
    const { openExtractorServer } = await import('./extractor-server.js');
    return await openExtractorServer(message, send);
  } catch (error) {
    send({ kind: 'unavailable', message: explain(error) }, () => process.disconnect());
    return undefined;
  }
}

/** The parent may be gone at any time; then this process ends anyway. */
function send(message: FromExtractor, sent: () => void = () => undefined): void {
  if (process.connected) process.send?.(message, undefined, undefined, sent);
}

function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (!/could not load the "?sharp/i.test(message)) return message;
  return (
    `sharp does not load on this machine (${process.platform} ${process.arch}, Node ${process.version}). ` +
    'Install Graft again, without --omit=optional, on Linux with glibc (x64, arm64), macOS (arm64) or Windows (x64).'
  );
}
