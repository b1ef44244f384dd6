import type { Command } from 'commander';
import { addScheduleBackfill } from './schedule-backfill.js';
import { addScheduleCreate } from './schedule-create.js';
import { addScheduleDelete } from './schedule-delete.js';
import { addScheduleDescribe } from './schedule-describe.js';
import { addScheduleList } from './schedule-list.js';
import { addSchedulePause, addScheduleResume } from './schedule-pause.js';
import { addScheduleTrigger } from './schedule-trigger.js';

/** `graft schedule …`: one file per verb. */
export function addSchedule(program: Command): void {
  const group = program
    .command('schedule')
    .description('Have the Temporal server start runs by itself: nightly, or every few hours.');
  const verbs = [
    addScheduleCreate,
    addScheduleList,
    addScheduleDescribe,
    addSchedulePause,
    addScheduleResume,
  ];
  for (const add of [...verbs, addScheduleTrigger, addScheduleBackfill, addScheduleDelete]) add(group);
}
