import { GraftError } from '../../errors/graft-error.js';

/** The extractor was closed before or during the call. */
export class ExtractorClosed extends GraftError {
  constructor() {
    super('The extractor is closed; open another one to extract features.');
  }
}
