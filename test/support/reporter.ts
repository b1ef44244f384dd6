import type { Reporter, TestCase, TestModule } from 'vitest/node';

/**
 * Ends with what a reader of the last lines needs: every skipped test with its reason, every one that failed, or passed
 * at its second attempt only, with its file and errors, and the one line that machines read: `N passed, N failed`.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly { readonly message: string }[]): void {
    const tests: TestCase[] = modules.flatMap((module) => [...module.children.allTests()]);
    const skipped = tests.filter((test) => test.result().state === 'skipped');
    for (const test of skipped) {
      const result = test.result();
      const reason = 'note' in result && result.note ? result.note : 'marked as skipped';
      console.log(`skipped: ${test.fullName} (${reason})`);
    }
    for (const test of tests.filter((each) => each.diagnostic()?.flaky))
      console.log(`passed again: ${describeErrors(test.module, test.fullName, test.result().errors ?? [])}`);
    const failures = [
      ...tests
        .filter((test) => test.result().state === 'failed')
        .map((test) => describeErrors(test.module, test.fullName, test.result().errors ?? [])),
      ...modules
        .filter((module) => module.errors().length > 0)
        .map((module) => describeErrors(module, 'the file itself', module.errors())),
      ...errors.map((error) => `outside every test: ${error.message}`),
    ];
    for (const line of failures) console.log(`failed: ${line}`);
    const passed = tests.filter((test) => test.result().state === 'passed').length;
    console.log(
      `${passed} passed, ${failures.length} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`,
    );
  }
}

/** `test/a.test.ts: name of the test (what its errors say)`. */
function describeErrors(module: TestModule, name: string, errors: readonly { readonly message: string }[]): string {
  const messages = errors.map((error) => error.message.replace(/\s+/g, ' ').slice(0, 300));
  return `${module.relativeModuleId}: ${name} (${messages.join('; ')})`;
}
