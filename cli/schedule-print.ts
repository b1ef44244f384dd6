import pc from 'picocolors';
import { escapeTerminal } from './escape-terminal.js';
import { formatDuration } from './schedule-duration.js';
import type { ScheduleView, ScheduledRun } from './schedule-view.js';

const SHOWN_NEXT = 5;

/** A schedule on a line. */
export function summariseSchedule(view: ScheduleView): string {
  const last = view.lastRuns.at(-1);
  const parts = [
    pc.bold(escapeTerminal(view.id)),
    describeTimes(view),
    view.paused ? pc.yellow(describeState(view)) : `next ${nextOf(view)}`,
    last === undefined ? 'no run yet' : `last ${formatTime(last.startedAt, view.timeZone)} ${last.status}`,
  ];
  return `${parts.join('  ')}\n`;
}

/** All that there is to say of a schedule, for people. */
export function printSchedule(view: ScheduleView): string {
  const next = view.nextRuns.slice(0, SHOWN_NEXT).map((time) => formatTime(time, view.timeZone));
  return (
    `${pc.bold(escapeTerminal(view.id))}\n` +
    row('When', [describeTimes(view)]) +
    row('State', [describeState(view)]) +
    row('Overlap', [describePolicies(view)]) +
    row('Input', [describeInput(view)]) +
    row('Next runs', view.paused ? ['none while it is paused'] : next) +
    row(
      'Last runs',
      [...view.lastRuns].reverse().map((run) => describeRun(run, view.timeZone)),
    ) +
    row('So far', [
      `${view.taken} started, ${view.skipped} skipped because one was open, ${view.missed} missed for too long`,
    ])
  );
}

/** `0 3 * * * (Europe/Berlin), up to 5m later`, or `every 6h`. */
export function describeTimes({ cron, every, timeZone, jitterSeconds }: ScheduleView): string {
  const intervals = every.map(
    ({ seconds, offsetSeconds }) =>
      `every ${formatDuration(seconds * 1_000)}` +
      (offsetSeconds === 0 ? '' : `, offset ${formatDuration(offsetSeconds * 1_000)}`),
  );
  const calendars = cron.map((expression) => `${escapeTerminal(expression)} (${timeZone})`);
  const jitter = jitterSeconds === 0 ? '' : `, up to ${formatDuration(jitterSeconds * 1_000)} later`;
  return [...calendars, ...intervals].join(' and ') + jitter;
}

/** The input of a schedule's runs, as JSON. */
export const describeInput = ({ input }: ScheduleView): string =>
  input === undefined ? 'none' : escapeTerminal(JSON.stringify(input));

/** `2026-11-24 03:00:00 Europe/Berlin`. */
export function formatTime(time: string | Date, timeZone: string): string {
  // Sweden writes dates the way that ISO 8601 does.
  const format = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone });
  return `${format.format(new Date(time))} ${timeZone}`;
}

const nextOf = ({ nextRuns: [next], timeZone }: ScheduleView): string =>
  next === undefined ? 'never' : formatTime(next, timeZone);

function describeState({ paused, note }: ScheduleView): string {
  const state = paused ? 'paused' : 'active';
  return note === '' ? state : `${state} (${escapeTerminal(note)})`;
}

function describePolicies({ overlap, catchUpSeconds, pauseOnFailure }: ScheduleView): string {
  const policy = overlap === 'SKIP' ? 'a run is skipped while the last one is open' : overlap;
  const catchUp = `a missed one is made up for within ${formatDuration(catchUpSeconds * 1_000)}`;
  const failure = pauseOnFailure ? 'a failed one pauses the schedule' : 'a failed one changes nothing';
  return [policy, catchUp, failure].join('; ');
}

const describeRun = ({ startedAt, status, workflowId }: ScheduledRun, timeZone: string): string =>
  `${formatTime(startedAt, timeZone)}  ${status.padEnd('completed'.length)}  ${escapeTerminal(workflowId)}`;

const LABEL = 11;

function row(label: string, lines: readonly string[]): string {
  const [first = 'none', ...others] = lines;
  const indent = ' '.repeat(LABEL + 2);
  return `  ${pc.dim(label.padEnd(LABEL))}${first}\n${others.map((line) => `${indent}${line}\n`).join('')}`;
}
