import { explainError } from './exit-codes.js';

/** One thing that Graft needs, as `graft doctor` found it; the detail says what to do where it is not well. */
export interface Finding {
  readonly name: string;
  readonly state: 'ok' | 'warning' | 'failed';
  readonly detail: string;
}

/** Looks, and makes a finding of whatever goes wrong. */
export async function check(
  name: string,
  look: () => Promise<Omit<Finding, 'name'>> | Omit<Finding, 'name'>,
): Promise<Finding> {
  try {
    return { name, ...(await look()) };
  } catch (error) {
    return { name, state: 'failed', detail: explainError(error).message };
  }
}
