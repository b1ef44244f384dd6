import { Option } from 'commander';
import { DEFAULT_ENGINE, ENGINE_KINDS } from '../engines/choice/engine-kind.js';

/** `--engine`: what runs networks in this command's own workers. Workers elsewhere have their own. */
export const engineOption = (): Option =>
  new Option('--engine <name>', 'what runs the networks on this machine')
    .choices(ENGINE_KINDS)
    .env('GRAFT_ENGINE')
    .default(DEFAULT_ENGINE);
