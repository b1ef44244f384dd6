import { basename } from 'node:path';
import pc from 'picocolors';
import type { DownloadProgress } from '../dataset/download-attempt.js';
import type { Announce } from '../infra/announcement.js';
import { escapeTerminal } from './escape-terminal.js';

/** Prints what a person waiting should see; progress replaces itself on a terminal and is thinned out elsewhere. */
export function printAnnouncements(stream: NodeJS.WriteStream): Announce {
  let open = false;
  let lastProgress = 0;
  return ({ kind, text }) => {
    const line = escapeTerminal(text);
    if (kind === 'progress') {
      if (stream.isTTY) stream.write(`\r\x1b[2K  ${pc.dim(line)}`);
      else if (Date.now() - lastProgress > PLAIN_INTERVAL_MS) stream.write(`  ${line}\n`);
      else return;
      open = stream.isTTY;
      lastProgress = Date.now();
      return;
    }
    stream.write(`${open ? '\r\x1b[2K' : ''}${kind === 'failed' ? pc.yellow('! ') : ''}${line}\n`);
    open = false;
  };
}

/** Tells how far a download is: `Downloading weights.h5  12.3 of 58.9 MB`. */
export function announceDownload(announce: Announce): (progress: DownloadProgress) => void {
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
  return ({ url, received, total }) => {
    const size = total === undefined ? '' : ` of ${megabytes(total)}`;
    const text = `Downloading ${basename(new URL(url).pathname)}  ${megabytes(received)}${size} MB`;
    announce({ kind: 'progress', text });
  };
}

/** Between two lines of progress where they cannot replace each other. */
const PLAIN_INTERVAL_MS = 10_000;
