import { condition, setHandler } from '@temporalio/workflow';
import { refuse } from './failure.js';
import { type Word, approveUpdate, rejectUpdate } from './messages.js';

/** What somebody said of a model. */
export interface Answer extends Word {
  readonly isApproved: boolean;
}

/** Asks people about the run's model. */
export interface Approvals {
  /** Resolves with what somebody says of it from now on. */
  ask(model: string): Promise<Answer>;
}

/** Both stand in the history of champions for good: no novel. */
const MOST_CHARACTERS = 500;

/**
 * Answers the updates `approve` and `reject` from now on.
 *
 * @param hasEnded whether the run has ended, but for its last words.
 */
export function handleApprovals(hasEnded: () => boolean): Approvals {
  let asked: string | undefined;
  let answer: Answer | undefined;
  const said = (): Answer | undefined => answer;

  const take = (isApproved: boolean, word: string | Word | undefined): string => {
    const model = asked ?? '';
    answer = { ...(typeof word === 'string' ? { reason: word } : word), isApproved };
    asked = undefined;
    return model;
  };
  const assertAsked = (word: unknown): void => {
    if (hasEnded())
      throw refuse('The run has ended: graft models promote makes its model the champion all the same.');
    if (asked === undefined) throw refuse(describeSilence(answer));
    assertWord(word);
  };

  setHandler(approveUpdate, (word) => take(true, word), {
    description: `Makes the model that awaits approval the champion. ${INPUT}`,
    validator: assertAsked,
  });
  setHandler(rejectUpdate, (word) => take(false, word), {
    description: `Leaves the champion as it is; the run completes. ${INPUT}`,
    validator: assertAsked,
  });

  return {
    async ask(model) {
      asked = model;
      answer = undefined;
      await condition(() => said() !== undefined);
      return said() ?? { isApproved: false };
    },
  };
}

const INPUT = 'Input: a reason, {"by":"Ana","reason":"…"}, or nothing.';

const describeSilence = (answer: Answer | undefined): string =>
  answer === undefined
    ? 'Nothing awaits approval: a run asks before it publishes, and only where the rule does not promote its model.'
    : `The model was ${answer.isApproved ? 'approved' : 'rejected'} already.`;

/** What comes with an update comes from outside: `temporal workflow update` sends whatever was typed. */
function assertWord(word: unknown): void {
  if (word === undefined || word === null || isText(word)) return;
  const { by, reason, ...others } = Object(word) as Record<string, unknown>;
  const isWord = typeof word === 'object' && !Array.isArray(word) && Object.keys(others).length === 0;
  if (isWord && [by, reason].every((each) => each === undefined || isText(each))) return;
  throw refuse(
    `Expected a reason of at most ${MOST_CHARACTERS} characters, {"by":"Ana","reason":"…"}, or nothing, received ${JSON.stringify(word).slice(0, 80)}.`,
  );
}

const isText = (value: unknown): boolean => typeof value === 'string' && value.length <= MOST_CHARACTERS;
