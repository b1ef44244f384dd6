import { type CalendarSpecDescription, DAYS_OF_WEEK, MONTHS, type Range } from '@temporalio/client';

/**
 * Writes a calendar as the cron expression that means the same: of five fields, or of seven (seconds first, years last)
 * where it says more than those can. The server keeps calendars only, however a schedule was typed.
 */
export function cronOf(calendar: CalendarSpecDescription): string {
  const { second, minute, hour, dayOfMonth, month, dayOfWeek, year } = calendar;
  const five = [
    writeField(minute, [0, 59]),
    writeField(hour, [0, 23]),
    writeField(dayOfMonth, [1, 31]),
    writeField(month.map(numberWith(MONTHS, 1)), [1, 12]),
    writeField(dayOfWeek.map(numberWith(DAYS_OF_WEEK, 0)), [0, 6]),
  ];
  const seconds = writeField(second, [0, 59]);
  const years = year.length === 0 ? '*' : writeField(year, [0, Number.POSITIVE_INFINITY]);
  const fields = seconds === '0' && years === '*' ? five : [seconds, ...five, years];
  const { comment } = calendar;
  return fields.join(' ') + (comment === undefined || comment === '' ? '' : ` # ${comment}`);
}

/** Turns names into numbers, the first of them being `first`. */
const numberWith =
  <Name extends string>(names: readonly Name[], first: number) =>
  ({ start, end, step }: Range<Name>): Range<number> => ({
    start: names.indexOf(start) + first,
    end: names.indexOf(end) + first,
    step,
  });

const writeField = (ranges: readonly Range<number>[], whole: readonly [number, number]): string =>
  ranges.map((range) => writeRange(range, whole)).join(',');

function writeRange(
  { start, end, step }: Range<number>,
  [lowest, highest]: readonly [number, number],
): string {
  if (end <= start) return `${start}`;
  const base = start === lowest && end === highest ? '*' : `${start}-${end}`;
  return step > 1 ? `${base}/${step}` : base;
}
