import { setHandler } from '@temporalio/workflow';
import { refuse } from './failure.js';
import type { Gate, Pause } from './gate.js';
import { pauseUpdate, resumeUpdate, troubleSignal } from './messages.js';

/** Why a run is paused where nobody said it. */
const NO_REASON = 'paused by hand';

/** A reason is shown in lists and details: no novel. */
const MOST_CHARACTERS = 500;

export interface PauseOptions {
  readonly gate: Gate;
  /** Whether the run has ended, but for its last words. */
  readonly hasEnded: () => boolean;
  /** Called after each change. */
  readonly onChange: () => void;
}

/** Answers `pause` and `resume`, and pauses where a child is in trouble, from now on. */
export function handlePauses({ gate, hasEnded, onChange }: PauseOptions): void {
  const change = (next: Omit<Pause, 'number'>): void => {
    gate.set({ number: gate.pause.number + 1, ...next });
    onChange();
  };
  const assertRuns = (): void => {
    if (hasEnded()) throw refuse('The run has ended: there is nothing to pause or to resume.');
  };

  setHandler(
    pauseUpdate,
    (reason = NO_REASON) => {
      change({ because: reason, byHand: true });
      return reason;
    },
    {
      description: 'Begins no new batch and no new stage until resume. Input: a reason, or nothing.',
      validator: (reason) => {
        assertRuns();
        if (gate.isClosed()) throw refuse(`The run is paused already: ${gate.pause.because ?? ''}.`);
        if (reason === undefined || (typeof reason === 'string' && reason.length <= MOST_CHARACTERS)) return;
        throw refuse(`Expected a reason of at most ${MOST_CHARACTERS} characters, or nothing.`);
      },
    },
  );
  setHandler(
    resumeUpdate,
    () => {
      const { because = '' } = gate.pause;
      change({});
      return because;
    },
    {
      description: 'Has a paused run go on. No input.',
      validator: () => {
        assertRuns();
        if (!gate.isClosed()) throw refuse('The run is not paused.');
      },
    },
  );
  setHandler(troubleSignal, (because) => {
    if (!gate.isClosed()) change({ because });
  });
}
