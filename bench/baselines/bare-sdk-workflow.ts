import { proxyActivities } from '@temporalio/workflow';

/** What `bare-sdk-loop.ts` serves. */
export interface BareActivities {
  nothing(): Promise<void>;
}

/** So many empty activities, a window of them in flight: the least that a workflow of as many steps can cost. */
export async function bareLoop({
  activities,
  window,
}: {
  readonly activities: number;
  readonly window: number;
}): Promise<void> {
  const { nothing } = proxyActivities<BareActivities>({ startToCloseTimeout: '1 minute' });
  let left = activities;
  const lanes = Array.from({ length: window }, async () => {
    while (left-- > 0) await nothing();
  });
  await Promise.all(lanes);
}
