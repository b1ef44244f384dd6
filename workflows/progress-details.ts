import { STAGES } from '../runs/stages.js';
import type { Progress, StageProgress } from './progress.js';

const MARKS: Readonly<Record<StageProgress['state'], string>> = {
  waiting: '·',
  running: '▶',
  done: '✔',
  failed: '✖',
  skipped: '–',
};

/** The run as Markdown, for the "current details" of the Temporal UI. `now` is in milliseconds since 1970. */
export function describeProgress(progress: Progress, now: number): string {
  const rows = STAGES.map((stage) => {
    const { state, seconds, note } = progress.stages[stage];
    const running = stage === 'extract' && state === 'running' ? describeExtraction(progress, now) : '';
    return `| ${MARKS[state]} ${stage} | ${note === undefined ? running : escapeMarkdown(note)} | ${seconds === undefined ? '' : `${seconds.toFixed(1)} s`} |`;
  });
  return [
    `**${progress.dataset}** · ${progress.backbone} · run \`${progress.runId}\``,
    '',
    '| stage | | time |',
    '| --- | --- | --- |',
    ...rows,
    ...describeWaiting(progress),
    ...describeFailures(progress),
    ...(progress.undelivered === undefined
      ? []
      : ['', `**Webhook**: ${escapeMarkdown(progress.undelivered)}`]),
  ].join('\n');
}

function describeExtraction(progress: Progress, now: number): string {
  const { images, done, refused, batches, batchesDone } = progress.extraction;
  const counted = `${batchesDone} of ${batches} batches, ${done + refused} of ${images} pictures`;
  if (progress.waiting !== undefined) return counted;
  const { imagesPerSecond, secondsLeft } = extractionSpeed(progress, now);
  const speed = imagesPerSecond === undefined ? '' : `, ${imagesPerSecond.toFixed(0)} images/s`;
  const eta = secondsLeft === undefined ? '' : `, about ${secondsLeft.toFixed(0)} s left`;
  return `${counted}${speed}${eta}`;
}

/**
 * Speed of extraction over its last messages, not over the whole run, which may have been interrupted for hours, and since
 * it last waited for somebody; and what is left at that speed. Undefined before the first batch.
 */
export function extractionSpeed(
  { extraction, pace }: Progress,
  now: number,
): { readonly imagesPerSecond?: number; readonly secondsLeft?: number } {
  const { images, done, refused, failed } = extraction;
  const first = pace.findLast(({ afresh }) => afresh === true) ?? pace[0];
  const through = done + refused;
  if (first === undefined || through <= first.pictures || now <= first.at) return {};
  const imagesPerSecond = (through - first.pictures) / ((now - first.at) / 1_000);
  return { imagesPerSecond, secondsLeft: Math.max(0, images - through - failed) / imagesPerSecond };
}

/** With the update to send, because the Temporal UI can send it. What failed is listed below anyway. */
function describeWaiting({ waiting }: Progress): readonly string[] {
  if (waiting === undefined) return [];
  const because = escapeMarkdown(waiting.because);
  switch (waiting.for) {
    case 'resume':
      return ['', `**Paused**: ${because}`, '', 'The update `resume` has it go on.'];
    case 'retry':
      return ['', '**Awaiting retry**: the update `retryFailedBatches` runs what failed again.'];
    case 'approval': {
      const model = waiting.model === undefined ? 'the model' : `model \`${waiting.model.slice(0, 12)}\``;
      const updates = `The update \`approve\` makes ${model} the champion, \`reject\` leaves the champion as it is.`;
      return ['', `**Awaiting approval**: ${because}`, '', updates];
    }
  }
}

function describeFailures(progress: Progress): readonly string[] {
  const { batchesFailed } = progress.extraction;
  if (batchesFailed === 0) return [];
  const list = progress.failedBatches.map(({ id, cause }) => `- \`${id}\`: ${escapeMarkdown(cause)}`);
  return ['', `**${batchesFailed} failed batches**, the first ${list.length}:`, '', ...list];
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|!]/g, '\\$&').replace(/\s+/g, ' ');
}
