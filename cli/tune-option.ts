import { Option } from 'commander';

/** `--tune`: measure before a network's first batch, where `graft tune` has not. */
export const tuneOption = (): Option =>
  new Option(
    '--tune',
    'before the first batch of a network that was never tuned here, take 15 seconds to do so (graft tune does it better)',
  );
