import { eventsOfChildren, messagesPerChild } from '../../workflows/message-budget.js';

/** Batches of one child: those of one plan segment. */
const BATCHES_PER_CHILD = 1_000;

/** What extraction of a number of pictures would make, by calculation. */
export interface Projection {
  readonly images: number;
  readonly batches: number;
  readonly children: number;
  readonly messagesPerChild: number;
  /** The most events in the parent's history. */
  readonly parentEvents: number;
  /** In a full child's history. */
  readonly childEvents: number;
  /** Shards, plan segments, plan and receipt. */
  readonly objects: number;
  /** Of a store without files: pictures, and what was measured for each batch. */
  readonly requests: number;
}

export interface MeasuredRates {
  /** Events of a parent without its children and their messages. */
  readonly stageEvents: number;
  readonly eventsPerBatch: number;
  readonly requestsPerBatch: number;
}

/** @param batchSize pictures a batch. */
export function projectScale(images: number, batchSize: number, rates: MeasuredRates): Projection {
  const batches = Math.ceil(images / batchSize);
  const children = Math.ceil(batches / BATCHES_PER_CHILD);
  return {
    ...{ images, batches, children },
    messagesPerChild: messagesPerChild(children),
    parentEvents: rates.stageEvents + eventsOfChildren(children),
    childEvents: Math.ceil(rates.eventsPerBatch * Math.min(batches, BATCHES_PER_CHILD)),
    objects: batches + children + 2,
    requests: Math.ceil(images + rates.requestsPerBatch * batches),
  };
}
