import { fc } from '../support/properties.js';
import { describe, expect, test } from 'vitest';
import { confidenceOf, pickMistakes, pickNarrowHits } from '../../report/gallery.js';
import type { ScoredImage } from '../../report/report-input.js';

const image = (name: string, truth: string, cat: number): ScoredImage => ({
  name,
  class: truth,
  predicted: cat >= 0.5 ? 'cat' : 'dog',
  probabilities: [cat, 1 - cat],
});

describe('the gallery', () => {
  const images = [
    image('a', 'cat', 0.4),
    image('b', 'dog', 0.99),
    image('c', 'cat', 0.6),
    image('d', 'cat', 0.01),
    image('e', 'dog', 0.49),
    image('f', 'dog', 0.1),
  ];
  const names = (picked: readonly ScoredImage[]): string => picked.map((each) => each.name).join('');

  test('shows the most confident mistakes first, equal ones by name', () =>
    expect(names(pickMistakes(images))).toBe('bda'));
  test('shows the least confident hits first', () => expect(names(pickNarrowHits(images))).toBe('ecf'));
  test('shows no more than it is asked for', () => {
    expect(names(pickMistakes(images, 1))).toBe('b');
    expect(names(pickNarrowHits(images, 2))).toBe('ec');
  });
  test('keeps what else is known of a picture', () => {
    const [picked] = pickMistakes(images.map((each) => ({ ...each, key: `store/${each.name}` })));
    expect(picked?.key).toBe('store/b');
  });

  test('does not depend on the order of the pictures', () => {
    const scored = fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      class: fc.constantFrom('cat', 'dog'),
      cat: fc.constantFrom(0, 0.25, 0.5, 0.75, 1),
    });
    fc.assert(
      fc.property(fc.array(scored, { maxLength: 40 }), (all) => {
        const forwards = all.map((each) => image(each.name, each.class, each.cat));
        const backwards = forwards.toReversed();
        expect(pickMistakes(backwards)).toEqual(pickMistakes(forwards));
        expect(pickNarrowHits(backwards)).toEqual(pickNarrowHits(forwards));
      }),
    );
  });

  test('confidence is the largest probability', () => expect(confidenceOf(image('a', 'cat', 0.3))).toBe(0.7));
});
