/** The S3 server that chaos runs use, too. */
export { type Versitygw, startVersitygw } from '../../chaos/versitygw.js';
