import { Option } from 'commander';

export const DEFAULT_STORE = './graft-data';

/** `--store`: where everything is kept. */
export const storeOption = (): Option =>
  new Option('--store <address>', 'folder, file:// or s3://bucket/prefix where everything is kept')
    .env('GRAFT_STORE')
    .default(DEFAULT_STORE);
