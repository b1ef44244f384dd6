import { statSync } from 'node:fs';
import type { Backbone } from '../../backbones/backbone.js';

/** Bytes of a backbone's file; 0 where it is missing, which is told when it is opened. */
export const networkBytes = ({ file }: Backbone): number =>
  statSync(file, { throwIfNoEntry: false })?.size ?? 0;
