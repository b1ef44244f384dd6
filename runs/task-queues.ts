/** Task queue of the pipeline's workflows and activities. */
export const PIPELINE_QUEUE = 'graft';

/** Task queue of extraction, so that GPU workers scale apart. */
export const EXTRACT_QUEUE = 'graft-extract';
