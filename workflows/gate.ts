import { condition } from '@temporalio/workflow';

/** Why nothing new is begun. */
export interface Pause {
  /** Counts pauses and resumptions: a message that comes late must not undo a newer one. */
  readonly number: number;
  /** Absent: not paused. */
  readonly because?: string;
  /** Somebody asked for it; absent where the run itself found trouble. */
  readonly byHand?: true;
}

/** What a workflow waits at before it begins something new. */
export interface Gate {
  /** Resolves at once while the gate is open, else when it is opened. */
  pass(): Promise<void>;
  /** Takes over a state, unless it is older than the present one. */
  set(pause: Pause): void;
  readonly pause: Pause;
  isClosed(): boolean;
}

export function createGate(start: Pause): Gate {
  let pause = start;
  return {
    async pass() {
      // An open gate is no reason to wait: the SDK pays for each promise in a workflow with a stack trace.
      if (pause.because !== undefined) await condition(() => pause.because === undefined);
    },
    set(next) {
      if (next.number >= pause.number) pause = next;
    },
    get pause() {
      return pause;
    },
    isClosed: () => pause.because !== undefined,
  };
}
