import { describe, expect, test } from 'vitest';
import { BadInput } from '../../errors/graft-error.js';
import { lowerBoundOfDifference } from '../../heads/statistics/paired-difference.js';
import { type PromotionCase, type Verdict, decidePromotion } from '../../registry/decide-promotion.js';
import type { Comparison } from '../../registry/history-entry.js';

const CHAMPION = 'c'.repeat(64);
const CHALLENGER = 'd'.repeat(64);

/** Two models on 1,000 pictures, of which both get 980 right. */
const comparison = (more: Partial<Comparison> = {}): Comparison => ({
  ...{ champion: CHAMPION, challenger: CHALLENGER, version: 'v', evaluationSet: 's' },
  ...{ rows: 1_000, seen: 12, withoutFeature: 3, both: 980, onlyChampion: 5, onlyChallenger: 5, neither: 10 },
  ...{ championAccuracy: 0.985, challengerAccuracy: 0.985, lowerBound: -0.005 },
  ...more,
});

const given = (more: Partial<PromotionCase> = {}): PromotionCase => ({
  ...{ dataset: 'food', model: CHALLENGER, champion: CHAMPION, failedChecks: [], comparison: comparison() },
  ...more,
});

const without = (name: keyof PromotionCase, more: Partial<PromotionCase> = {}): PromotionCase => {
  const { [name]: _left, ...rest } = given(more);
  return rest as PromotionCase;
};

const CASES: readonly (readonly [string, PromotionCase, Verdict['decision'], RegExp])[] = [
  [
    'the first model of a data set',
    without('champion'),
    'promote',
    /first model of food, and its data checks passed/,
  ],
  [
    'no worse than the margin allows',
    given(),
    'promote',
    /at least −0\.50 points .*above the −1\.00 allowed/,
  ],
  ['better', given({ comparison: comparison({ lowerBound: 0.002 }) }), 'promote', /at least \+0\.20 points/],
  [
    'worse',
    given({ comparison: comparison({ lowerBound: -0.03 }) }),
    'wait',
    /−3\.00 points .* −1\.00 or worse/,
  ],
  [
    'exactly at the margin',
    given({ comparison: comparison({ lowerBound: -0.01 }) }),
    'wait',
    /−1\.00 points/,
  ],
  [
    'no worse than a margin of its own',
    given({ comparison: comparison({ lowerBound: -0.03 }), margin: 0.05 }),
    'promote',
    /−5\.00 allowed/,
  ],
  ['no better, with no margin', given({ margin: 0 }), 'wait', /may be 0\.00 or worse/],
  [
    '29 pictures',
    given({ comparison: comparison({ rows: 29, lowerBound: 0.1 }) }),
    'wait',
    /^Only 29 evaluation pictures .*12 known, 3 without a feature.*fewer than 30/,
  ],
  [
    '30 pictures',
    given({ comparison: comparison({ rows: 30, lowerBound: 0.1 }) }),
    'promote',
    /on 30 pictures/,
  ],
  [
    'no picture',
    given({ comparison: comparison({ rows: 0, lowerBound: null, championAccuracy: null }) }),
    'wait',
    /^Only 0/,
  ],
  ['no bound', given({ comparison: comparison({ lowerBound: null }) }), 'wait', /no lower bound/],
  ['checks that failed', given({ failedChecks: ['12 leaks.'] }), 'wait', /^Data checks failed: 12 leaks\.$/],
  [
    'checks that failed on the first model',
    without('champion', { failedChecks: ['12 leaks.'] }),
    'wait',
    /12 leaks/,
  ],
  ['a model that may not', given({ notPromotable: 'It is int8.' }), 'refuse', /^It is int8\.$/],
  ['a first model that may not', without('champion', { notPromotable: 'It is int8.' }), 'refuse', /int8/],
  ['the champion itself', given({ model: CHAMPION }), 'keep', /champion of food already/],
  [
    'a champion that does not read',
    given({ comparison: 'It cannot be compared.' }),
    'wait',
    /^It cannot be compared\.$/,
  ],
  ['a comparison nobody made', without('comparison'), 'wait', /not compared with the champion cccccccccccc/],
];

describe('the rule of promotion', () => {
  for (const [title, subject, decision, reason] of CASES)
    test(`says ${decision} for ${title}`, () => {
      const verdict = decidePromotion(subject);
      expect(verdict.decision).toBe(decision);
      expect(verdict.reason).toMatch(reason);
    });

  test('does not say that checks passed which nobody looked at', () => {
    expect(decidePromotion(without('champion', { failedChecks: 'not looked at' }))).toEqual({
      ...{ decision: 'promote', reason: 'It is the first model of food.' },
    });
    expect(decidePromotion(given({ failedChecks: 'not looked at' })).decision).toBe('promote');
  });

  test('gives the numbers that it decided by', () => {
    expect(decidePromotion(given({ comparison: comparison({ onlyChallenger: 7 }) })).reason).toContain(
      'on 1000 pictures, 7 right with it alone and 5 with the champion alone',
    );
  });

  test('warns once an evaluation split has decided more than 20 times', () => {
    expect(decidePromotion(given({ decisions: 20 })).warning).toBeUndefined();
    expect(decidePromotion(given({ decisions: 21 })).warning).toMatch(/decided 21 times, more than 20/);
    expect(decidePromotion(without('comparison', { decisions: 21 })).warning).toBeUndefined();
  });

  test('refuses a margin that is no share', () => {
    for (const margin of [-0.01, 1, Number.NaN])
      expect(() => decidePromotion(given({ margin }))).toThrow(BadInput);
  });

  test("promotes by Tango's bound what agrees on 300 pictures, and not what agrees on 200", () => {
    const agreeing = (rows: number) => {
      const lowerBound = lowerBoundOfDifference({ rows, onlyFirst: 0, onlySecond: 0 });
      return decidePromotion(given({ comparison: comparison({ rows, both: rows, lowerBound }) })).decision;
    };
    expect([agreeing(300), agreeing(200)]).toEqual(['promote', 'wait']);
  });
});
