import type { Reporter, TestCase, TestModule } from 'vitest/node'

/**
 * Ends the output with `N passed, N failed, N skipped`, names each skipped test with its reason, and fails where
 * `CI=true` forbids skipping.
 */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 }
    for (const module of modules) {
      const failedBefore = count.failed
      for (const test of module.children.allTests()) {
        const outcome = outcomeOf(test, module)
        count[outcome] += 1
        if (outcome === 'skipped') console.log(`SKIPPED ${test.fullName}: ${reasonOf(test) ?? 'no reason given'}`)
      }
      // A file that does not load has no test that could fail.
      if (module.state() === 'failed' && count.failed === failedBefore) count.failed += 1
    }
    if (count.skipped > 0 && process.env['CI'] === 'true') {
      console.log('A skipped test is a failure where CI=true.')
      process.exitCode = 1
    }
    // Other reporters write their closing lines after this.
    process.once('exit', () => {
      console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`)
    })
  }
}

function outcomeOf(test: TestCase, module: TestModule): 'passed' | 'failed' | 'skipped' {
  const { state } = test.result()
  if (state === 'passed' || state === 'failed') return state
  // A hook that throws leaves the tests of its suite unrun, which is no skipping.
  const isUnrun = module.state() === 'failed' && test.options.mode === 'run' && reasonOf(test) === undefined
  return isUnrun ? 'failed' : 'skipped'
}

function reasonOf(test: TestCase): string | undefined {
  const result = test.result()
  return result.state === 'skipped' ? result.note : undefined
}
