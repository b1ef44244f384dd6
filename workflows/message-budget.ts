/** Events that a parent's history may have: a tenth less than what Temporal begins to warn at, and room for the stages. */
const EVENTS = 9_500;
/** Of a child: initiated, started, ended, and two workflow tasks of three events each. */
const EVENTS_PER_CHILD = 9;
/** Of a message: itself and a workflow task. */
const EVENTS_PER_MESSAGE = 4;
/** At most so many messages of a child, however few children there are: people do not read more. */
const MOST = 50;
/** And so many of all children together. */
const MOST_OF_ALL = 1_500;

/**
 * How many messages each of a run's children may send, so that the parent's history stays below 10,000 events; 0 where the
 * children themselves take nearly all of them. What a child does not tell it returns at its end.
 */
export function messagesPerChild(children: number): number {
  const left = Math.max(0, EVENTS - children * EVENTS_PER_CHILD);
  const ofAll = Math.min(MOST_OF_ALL, Math.floor(left / EVENTS_PER_MESSAGE));
  return Math.min(MOST, Math.floor(ofAll / children));
}

/** The most events that children and their messages make in their parent's history. */
export const eventsOfChildren = (children: number): number =>
  children * (EVENTS_PER_CHILD + messagesPerChild(children) * EVENTS_PER_MESSAGE);
