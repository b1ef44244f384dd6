import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['./test/support/temporal-server.ts'],
    pool: 'forks',
    // What a CI server's environment says of colours is not what the tests look at.
    env: { NO_COLOR: '1' },
    // Twenty times what a test of a few runs takes: a busy machine is no failure.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Many tests race processes, servers and kills. What passes only at the second attempt is named at the end.
    retry: 1,
    expect: { poll: { timeout: 20_000 } },
    reporters: ['default', './test/support/reporter.ts'],
  },
});
