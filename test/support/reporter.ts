import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node';

/** What somebody threw, as vitest hands it over: not everything that can be thrown has a message. */
type Thrown = { readonly message?: string };

/**
 * Ends with what a reader of the last lines needs: every skipped test with its reason, every test, hook and file that
 * failed, every test that passed at its second attempt only, each with its errors, and the one line that machines read:
 * `N passed, N failed`.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly Thrown[]): void {
    const tests: TestCase[] = modules.flatMap((module) => [...module.children.allTests()]);
    const suites: TestSuite[] = modules.flatMap((module) => [...module.children.allSuites()]);
    const skipped = tests.filter((test) => test.result().state === 'skipped');
    for (const test of skipped) {
      const result = test.result();
      const reason = 'note' in result && result.note ? result.note : 'marked as skipped';
      console.log(`skipped: ${test.fullName} (${reason})`);
    }
    for (const test of tests.filter((each) => each.diagnostic()?.flaky))
      console.log(`passed again: ${describe(test.module, test.fullName, test.result().errors)}`);
    const failures = [
      ...tests
        .filter((test) => test.result().state === 'failed')
        .map((test) => describe(test.module, test.fullName, test.result().errors)),
      ...suites
        .filter((suite) => suite.errors().length > 0)
        .map((suite) => describe(suite.module, suite.fullName, suite.errors())),
      ...modules
        .filter((module) => module.errors().length > 0)
        .map((module) => describe(module, 'the file itself', module.errors())),
      ...errors.map((error) => `outside every test: ${sentenceOf(error)}`),
    ];
    for (const line of failures) console.log(`failed: ${line}`);
    const passed = tests.filter((test) => test.result().state === 'passed').length;
    console.log(
      `${passed} passed, ${failures.length} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`,
    );
  }
}

/** `test/a.test.ts: name of the test (what its errors say)`. */
function describe({ relativeModuleId }: TestModule, name: string, errors: readonly Thrown[] = []): string {
  return `${relativeModuleId}: ${name} (${[...new Set(errors.map(sentenceOf))].join('; ')})`;
}

const sentenceOf = (error: Thrown): string =>
  (error.message ?? JSON.stringify(error)).replace(/\s+/g, ' ').slice(0, 300);
