import { GraftError } from '../errors/graft-error.js';

/** The network cannot be run here: a library does not load, or the file is damaged or no backbone. Never retried. */
export class EngineUnavailable extends GraftError {}
