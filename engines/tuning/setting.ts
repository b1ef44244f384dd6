import type { Backbone } from '../../backbones/backbone.js';
import type { EngineKind } from '../choice/engine-kind.js';
import { type KeptEngineOptions, resolveEngineOptions } from '../choice/engine-options.js';
import { networkBytes } from '../choice/network-bytes.js';

/** What tuning chooses. Without `microBatch` the engine measures that itself: a GPU's memory decides. */
export type Setting = Required<Omit<KeptEngineOptions, 'microBatch'>> & Pick<KeptEngineOptions, 'microBatch'>;

/** What stands while nothing has been measured. */
export function defaultSetting(engine: EngineKind, backbone: Backbone): Setting {
  const resolved = resolveEngineOptions({ engine }, {}, networkBytes(backbone));
  const { threads, sessions, decoders, tensors, spareThreads, spinning, microBatch, sizing } = resolved;
  const open = { threads, sessions, decoders, tensors, spareThreads, spinning };
  return sizing === 'measured' ? open : { ...open, microBatch };
}

/** `2 sessions × 1 thread, micro-batch 4, 2 decoders, 5 tensors, 1 spare thread` */
export function describeSetting({ spinning, microBatch, ...setting }: Setting): string {
  const parts = [
    describeSessions(setting),
    microBatch === undefined ? 'micro-batch by measurement' : `micro-batch ${microBatch}`,
    plural(setting.decoders, 'decoder'),
    plural(setting.tensors, 'tensor'),
    plural(setting.spareThreads, 'spare thread'),
  ];
  return [...parts, ...(spinning ? ['spinning'] : [])].join(', ');
}

/** `1 session × 2 threads`: the threads of each. */
export const describeSessions = ({ sessions, threads }: Pick<Setting, 'sessions' | 'threads'>): string =>
  `${plural(sessions, 'session')} × ${plural(Math.max(1, Math.floor(threads / sessions)), 'thread')}`;

export const plural = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
