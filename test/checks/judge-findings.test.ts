import { describe, expect, test } from 'vitest';
import { resolveCheckSettings } from '../../checks/check-settings.js';
import { composeChecks, decodeChecks, encodeChecks } from '../../checks/checks-file.js';
import { encodeDuplicates, encodeSuspects } from '../../checks/findings-tables.js';
import type { Findings, FoundPicture } from '../../checks/findings.js';
import { foundPicture } from '../../checks/found-picture.js';
import { judgeFindings, leakedPictures } from '../../checks/judge-findings.js';
import type { SplitName } from '../../dataset/dataset.js';
import { pictureRow } from './generated-data.js';

const picture = (name: string, split: SplitName, label?: string, file?: string): FoundPicture =>
  foundPicture(pictureRow(name, split, label, file));

const NOTHING: Findings = {
  ...{ pictures: 100, distinct: 100, evaluated: 20, identical: [], groups: [] },
  near: { compared: 10, pairs: [] },
  labels: { looked: 80, leftOut: 0, suspects: [] },
  outliers: { limit: 0.9, outliers: [] },
  balance: { food: 30, non_food: 30 },
};

const near = (a: FoundPicture, b: FoundPicture) => ({
  ...{ pictures: [a, b] as const, cosine: 0.9, layout: 0.99, detail: 0.95 },
});

const { limits } = resolveCheckSettings();

describe('verdicts', () => {
  test('pass where nothing was found', () => {
    const verdicts = Object.values(judgeFindings(NOTHING, limits));
    expect(verdicts.map(({ level }) => level)).toEqual(Array(6).fill('passed'));
  });

  test('count an evaluation picture that is elsewhere, too, once, as the same file or a near duplicate', () => {
    const [a, b] = [picture('a', 'evaluation'), picture('a2', 'training', 'food', 'a')];
    const [c, d] = [picture('c', 'validation'), picture('d', 'evaluation')];
    const findings: Findings = {
      ...NOTHING,
      identical: [[a, b]],
      near: { compared: 3, pairs: [near(a, c), near(c, d), near(c, picture('e', 'training'))] },
    };
    expect([...leakedPictures(findings)]).toEqual([a.sha256, d.sha256]);
    const { leaks } = judgeFindings(findings, limits);
    expect(leaks).toEqual({
      level: 'failed',
      value: 0.1,
      sentence: '2 of 20 evaluation pictures (10.0 %) are in training or validation, too.',
    });
  });

  test('find the leak of a file that its pair names by another of its splits', () => {
    const [a, b] = [picture('a', 'evaluation'), picture('b', 'training')];
    const again = picture('a2', 'training', 'food', 'a');
    const findings = { ...NOTHING, identical: [[again, a]], near: { compared: 1, pairs: [near(again, b)] } };
    expect(leakedPictures(findings)).toEqual(new Set([a.sha256]));
  });

  test('say of what was not looked at why', () => {
    const because = 'There are too many.';
    const findings = { ...NOTHING, near: because, labels: because, outliers: because };
    const { wrongLabels, outliers, leaks } = judgeFindings(findings, limits);
    expect(wrongLabels).toEqual({
      level: 'not looked at',
      value: null,
      sentence: 'Labels were not looked at. There are too many.',
    });
    expect(outliers.level).toBe('not looked at');
    expect(leaks.sentence).toContain('near duplicates were not looked for');
  });

  test('warn and fail above the limits that are given', () => {
    const findings = { ...NOTHING, balance: { food: 50, non_food: 10 } };
    const levelAt = (warn: number, fail: number) =>
      judgeFindings(findings, resolveCheckSettings({ limits: { imbalance: { warn, fail } } }).limits)
        .imbalance.level;
    expect([levelAt(5, 9), levelAt(4, 9), levelAt(2, 4.9)]).toEqual(['passed', 'warned', 'failed']);
  });
});

describe('checks.json', () => {
  test('holds at most twenty examples, leaks first, and reads as it was written', () => {
    const pairs = Array.from({ length: 40 }, (_, at) =>
      near(picture(`a${at}`, at === 39 ? 'evaluation' : 'training'), picture(`b${at}`, 'training')),
    );
    const suspects = pairs.map(({ pictures: [first] }) => ({
      ...{ picture: first, suggested: 'non_food', selfConfidence: 0.1, suggestedConfidence: 0.9 },
    }));
    const findings = {
      ...NOTHING,
      near: { compared: 90, pairs },
      labels: { looked: 80, leftOut: 0, suspects },
    };
    const settings = resolveCheckSettings();
    const checks = composeChecks(findings, { version: 'v', fingerprint: 'f', settings });
    expect(decodeChecks(encodeChecks(checks))).toEqual(checks);
    expect(checks.near).toMatchObject({ compared: 90, pairs: 40, acrossSplits: 1 });
    if (typeof checks.near === 'string' || typeof checks.labels === 'string')
      throw new Error('expected findings');
    expect(checks.near.examples).toHaveLength(20);
    expect(checks.near.examples[0]?.pictures[0].split).toBe('evaluation');
    expect(checks.labels.examples).toHaveLength(20);
  });
});

describe('tables', () => {
  test('suspects.csv has the given label to correct, and no formula', () => {
    const suspect = {
      ...{ picture: picture('=1+1', 'training', '@food'), suggested: 'a "b", c' },
      ...{ selfConfidence: 0.25, suggestedConfidence: 0.75 },
    };
    const findings = { ...NOTHING, labels: { looked: 1, leftOut: 0, suspects: [suspect] } };
    const [header, line] = encodeSuspects(findings).split('\n');
    expect(header).toBe(
      'picture,split,given,suggested,self_confidence,suggested_confidence,label,key,sha256',
    );
    expect(line).toContain(`'=1+1.jpg,training,'@food,"a ""b"", c",0.2500,0.7500,'@food,datasets/`);
  });

  test('duplicates.csv lists every picture of every group', () => {
    const same = [picture('a', 'training'), picture('b', 'evaluation', 'food', 'a')];
    const findings = {
      ...NOTHING,
      identical: [same],
      near: { compared: 1, pairs: [near(picture('c', 'training'), picture('d', 'training'))] },
    };
    const lines = encodeDuplicates(findings).trimEnd().split('\n');
    expect(lines.slice(1).map((line) => line.split(',').slice(0, 4).join(' '))).toEqual([
      'identical 1 a.jpg training',
      'identical 1 b.jpg evaluation',
      'near 1 c.jpg training',
      'near 1 d.jpg training',
    ]);
  });
});
