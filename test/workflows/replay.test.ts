import { readFileSync, readdirSync } from 'node:fs';
import { Worker } from '@temporalio/worker';
import { describe, expect, test } from 'vitest';

const FOLDER = 'test/histories';

/** What this test reads of a history as the Temporal CLI prints it. */
interface RecordedHistory {
  readonly events: readonly {
    readonly workflowExecutionStartedEventAttributes?: { readonly workflowId: string };
    readonly activityTaskScheduledEventAttributes?: { readonly activityType: { name: string } };
  }[];
}

const readHistory = (file: string): RecordedHistory =>
  JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8')) as RecordedHistory;

const replay = (history: RecordedHistory): Promise<void> =>
  Worker.runReplayHistory(
    { workflowBundle: { codePath: 'dist/workflow-bundle.js' } },
    history,
    history.events[0]?.workflowExecutionStartedEventAttributes?.workflowId,
  );

/** Runs that began with older workflows must go on with these: see docs/architecture.md, "Changing a workflow". */
describe('a recorded history replays with the workflows of today:', () => {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));

  test('there are histories to replay', () => {
    expect(files.length).toBeGreaterThan(0);
  });

  test.each(files)('%s', async (file) => {
    await expect(replay(readHistory(file))).resolves.toBeUndefined();
  });

  test.each(files)('%s names no machine and no path of one', (file) => {
    const text = readFileSync(`${FOLDER}/${file}`, 'utf8');
    expect(text).not.toMatch(/\d+@[\w.-]+"/);
    expect(text).not.toMatch(/"stackTrace": "[^"]/);
    const payloads = [...text.matchAll(/"data": "([^"]*)"/g)].map(([, data = '']) =>
      Buffer.from(data, 'base64').toString(),
    );
    expect(payloads.join('\n')).not.toMatch(/\/home|\/root|\/tmp|\/Users|[A-Z]:\\/);
  });

  test('one that does not fit is refused', async () => {
    const history = readHistory('sample-child-0.json');
    for (const { activityTaskScheduledEventAttributes: scheduled } of history.events) {
      if (scheduled !== undefined) scheduled.activityType.name = 'somethingElse';
    }
    await expect(replay(history)).rejects.toThrow(/[Nn]ondeterminism/);
  });
});
