import { DAYS_OF_WEEK, MONTHS, type CalendarSpecDescription } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import { parseTime } from '../../cli/schedule-backfill.js';
import { cronOf } from '../../cli/schedule-cron.js';
import { formatDuration, parseDuration } from '../../cli/schedule-duration.js';
import { catchUpOf, toSpec } from '../../cli/schedule-spec.js';
import { BadInput } from '../../errors/graft-error.js';

const HOUR = 3_600_000;

describe('a duration', () => {
  test.each([
    ['90s', 90_000, '1m30s'],
    ['5m', 300_000, '5m'],
    ['1h30m', 1.5 * HOUR, '1h30m'],
    ['24h', 24 * HOUR, '1d'],
    ['7d', 7 * 24 * HOUR, '7d'],
  ])('%s is read, and written in its shortest form', (text, milliseconds, written) => {
    expect(parseDuration(text)).toBe(milliseconds);
    expect(formatDuration(milliseconds)).toBe(written);
  });

  test.each(['', '5', '0m', '-5m', '5 m', '6x', '1.5h', '30m1h', '99999999999d'])(
    '%j is none, and the message shows some',
    (text) => expect(() => parseDuration(text)).toThrow(/90s, 5m, 1h30m or 7d/),
  );
});

describe('a time', () => {
  test('without a zone is in UTC', () => {
    expect(parseTime('2026-11-20').toISOString()).toBe('2026-11-20T00:00:00.000Z');
    expect(parseTime('2026-11-20T03:00').toISOString()).toBe('2026-11-20T03:00:00.000Z');
    expect(parseTime('2026-11-20T03:00+01:00').toISOString()).toBe('2026-11-20T02:00:00.000Z');
  });

  test.each(['yesterday', '2026-13-01', '2026-11', '1', '2026-11-20 03:00'])('is not %j', (text) => {
    expect(() => parseTime(text)).toThrow(/2026-11-20T03:00Z/);
  });
});

describe('the times of a schedule', () => {
  test.each([
    [{}, '--cron or --every, received neither'],
    [{ cron: '0 3 * * *', every: HOUR }, 'either --cron or --every, received both'],
    [{ every: HOUR, timeZone: 'Europe/Berlin' }, '--time-zone belongs to --cron'],
    [{ cron: '0 3 * * *', timeZone: 'Europe/Nowhere' }, '"Europe/Nowhere"'],
    [{ every: HOUR, jitter: HOUR }, '--jitter below --every, 1h; received 1h'],
  ])('%j contradict themselves', (typed, message) => {
    expect(() => toSpec(typed)).toThrow(BadInput);
    expect(() => toSpec(typed)).toThrow(message);
  });

  test('are made up for within a day, and never for less than the server takes', () => {
    expect(catchUpOf({})).toBe(24 * HOUR);
    expect(() => catchUpOf({ catchUp: 9_000 })).toThrow('--catch-up of 10s or more, received 9s');
  });
});

describe('a calendar of the server', () => {
  const [at, range] = [
    (value: number) => [{ start: value, end: value, step: 1 }],
    (start: number, end: number, step = 1) => [{ start, end, step }],
  ];
  const nightly: CalendarSpecDescription = {
    second: at(0),
    minute: at(0),
    hour: at(3),
    dayOfMonth: range(1, 31),
    month: [{ start: 'JANUARY', end: 'DECEMBER', step: 1 }],
    dayOfWeek: [{ start: 'SUNDAY', end: 'SATURDAY', step: 1 }],
    year: [],
  };

  test.each([
    [{}, '0 3 * * *'],
    [{ minute: range(0, 59, 15), hour: range(8, 17) }, '*/15 8-17 * * *'],
    [{ hour: [...at(3), ...at(15)] }, '0 3,15 * * *'],
    [{ dayOfWeek: [{ start: DAYS_OF_WEEK[1], end: DAYS_OF_WEEK[5], step: 1 }] }, '0 3 * * 1-5'],
    [{ month: [{ start: MONTHS[1], end: MONTHS[1], step: 1 }], dayOfMonth: at(29) }, '0 3 29 2 *'],
    [{ second: at(30) }, '30 0 3 * * * *'],
    [{ year: at(2027) }, '0 0 3 * * * 2027'],
    [{ comment: 'at night' }, '0 3 * * * # at night'],
  ])('with %j reads %s', (other, cron) => {
    expect(cronOf({ ...nightly, ...other })).toBe(cron);
  });
});
