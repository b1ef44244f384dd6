/** The stages of a run, in order; the same words in progress, reports and `metrics.json`. */
export const STAGES = ['fetch', 'restructure', 'plan', 'extract', 'train', 'evaluate', 'publish'] as const;
export type StageName = (typeof STAGES)[number];
