import fc from 'fast-check';

/**
 * fast-check with one seed for every test run, so that the same tree passes or fails the same way each time.
 * `npm run fuzz` runs the properties with other seeds; it names the one at which a property failed.
 */
fc.configureGlobal({ seed: Number(process.env['GRAFT_SEED'] ?? 20_261_128) });

export { fc };
