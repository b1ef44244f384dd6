/**
 * Something that a person waiting at the terminal should see.
 *
 * `step`: what is being done now; `failed`: why a step gave up, another follows; `progress`: replaces the last progress.
 */
export interface Announcement {
  readonly kind: 'step' | 'failed' | 'progress';
  readonly text: string;
}

export type Announce = (announcement: Announcement) => void;
