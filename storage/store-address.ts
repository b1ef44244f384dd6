import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BadInput } from '../errors/graft-error.js';
import { findKeyFault } from './object-key.js';

/** Where a store is: a folder (an absolute path), or a bucket with what every key starts with. */
export type StoreAddress =
  | { readonly kind: 'file'; readonly root: string }
  | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string };

const EXPECTED = 'Expected a folder, file:///folder or s3://bucket/prefix';

/**
 * Reads the address of a store as people type it: a path (absolute, relative or from `~`), `file:///folder`,
 * `file://./folder` or `s3://bucket/prefix`. Throws `BadInput` for everything else, credentials in an address included.
 *
 * @param cwd what relative paths are relative to
 */
export function parseStoreAddress(address: string, cwd: string = process.cwd()): StoreAddress {
  if (address.trim() === '' || address.includes('\0')) throw new BadInput(`--store is empty. ${EXPECTED}.`);
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(address)?.[1]?.toLowerCase();
  if (scheme === 's3') return parseS3(address);
  if (scheme === 'file') return { kind: 'file', root: parseFileUrl(address, cwd) };
  if (address.includes('://'))
    throw new BadInput(
      `--store has an address that Graft cannot use. ${EXPECTED}, received ${redact(address)}.`,
    );
  if (address === '~' || /^~[/\\]/.test(address))
    return { kind: 'file', root: join(homedir(), address.slice(1)) };
  return { kind: 'file', root: resolve(cwd, address) };
}

function parseS3(address: string): StoreAddress {
  const [, authority = '', path = ''] = /^s3:\/\/([^/]*)\/?(.*)$/is.exec(address) ?? [];
  if (authority.includes('@') || authority.includes(':'))
    throw new BadInput(
      `--store must not hold credentials or a port. Expected s3://bucket/prefix, received ${redact(address)}. Set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_ENDPOINT_URL_S3 instead.`,
    );
  if (/[?#]/.test(address))
    throw new BadInput(
      `--store takes no options after "?" or "#". Expected s3://bucket/prefix, received ${redact(address)}. Set AWS_REGION and AWS_ENDPOINT_URL_S3 instead.`,
    );
  if (!/^[a-z0-9][a-z0-9._-]{1,253}[a-z0-9]$/i.test(authority))
    throw new BadInput(
      `--store names no bucket. Expected s3://bucket/prefix with a bucket of 3 or more letters, digits, "." and "-", received ${redact(address)}.`,
    );
  const prefix = path.replace(/\/+$/, '');
  const fault = prefix === '' ? undefined : findKeyFault(prefix);
  if (fault !== undefined)
    throw new BadInput(`--store has a prefix that cannot be used: ${fault}. Received ${redact(address)}.`);
  return { kind: 's3', bucket: authority, prefix };
}

function parseFileUrl(address: string, cwd: string): string {
  const path = address.slice('file:'.length);
  if (/[?#]/.test(path))
    throw new BadInput(
      `--store holds "?" or "#", which mean something else in a file:// address. Write %3F or %23, or give the plain path; received ${redact(address)}.`,
    );
  try {
    const relative = /^\/\/(\.{1,2}(?:\/.*)?)$/s.exec(path)?.[1];
    return relative === undefined ? fileURLToPath(address) : resolve(cwd, decodeURIComponent(relative));
  } catch (cause) {
    throw new BadInput(
      `--store is no file:// address of this machine. Expected file:///folder or file://./folder, received ${redact(address)}.`,
      { cause },
    );
  }
}

/** The address without what may be a secret: user and password, and everything after "?". */
function redact(address: string): string {
  return JSON.stringify(address.replace(/\/\/[^/]*@/, '//…@').replace(/[?#].*$/s, '?…'));
}
