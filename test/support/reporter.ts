import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Names every skipped test with its reason, and ends with the one line that machines read: `N passed, N failed`. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests: TestCase[] = modules.flatMap((module) => [...module.children.allTests()]);
    const skipped = tests.filter((test) => test.result().state === 'skipped');
    for (const test of skipped) {
      const result = test.result();
      const reason = 'note' in result && result.note ? result.note : 'marked as skipped';
      console.log(`skipped: ${test.fullName} (${reason})`);
    }
    const passed = tests.filter((test) => test.result().state === 'passed').length;
    const brokenFiles = modules.filter((module) => module.errors().length > 0).length;
    const failed =
      tests.filter((test) => test.result().state === 'failed').length + brokenFiles + errors.length;
    console.log(
      `${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`,
    );
  }
}
