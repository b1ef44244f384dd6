import { expect, test } from 'vitest';
import type { ExtractionPlan } from '../../activities/features.js';
import { ofPlan } from '../../workflows/notes.js';

const plan = (more: Partial<ExtractionPlan>): ExtractionPlan => ({
  ...{ fingerprint: 'f', images: 11, reused: 3_981, batches: 1, segments: [] },
  ...more,
});
const predicted = { imagesPerSecond: 10, engine: 'onnx-cpu', seconds: 1.1 };

test.each([
  [{ reasons: { new: 10, changed: 1 }, predicted }, '10 new, 1 changed, 3,981 reused → 1 batch, about 1 s'],
  [
    { images: 9_000, batches: 141, reasons: { backbone: 9_000 }, predicted: { ...predicted, seconds: 900 } },
    '9,000 for another backbone, 3,981 reused → 141 batches, about 15 min',
  ],
  [{ reasons: { lost: 2 } }, '2 lost, 3,981 reused → 1 batch'],
  [{ images: 0, batches: 0, reasons: {}, predicted }, 'nothing new, 3,981 reused'],
  [{}, '11 new, 3,981 reused → 1 batch'],
])('the note of a plan %j', (more, note) => expect(ofPlan(plan(more))).toBe(note));
