/**
 * `pnpm check`: everything that has to hold before a change lands. Prints a line a step and ends with
 * `N passed, N failed`, counted from the runners' results: each test of vitest, and each further step as one.
 *
 * `--after-tests` takes the results of the test run that has just ended instead of running the tests again.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { relative } from 'node:path'

interface Step {
  readonly name: string
  readonly command: readonly string[]
}

const tsx = ['tsx', '-C', '@dbloss/source']

const steps: readonly Step[] = [
  { name: 'types', command: ['tsc', '--noEmit', '-p', 'tsconfig.json'] },
  { name: 'types of the page of TensorFlow.js', command: ['tsc', '--noEmit', '-p', 'examples/tfjs-browser'] },
  { name: 'types of the page of ONNX Runtime', command: ['tsc', '--noEmit', '-p', 'examples/onnx-browser'] },
  {
    name: 'types of the page of transformers.js',
    command: ['tsc', '--noEmit', '-p', 'examples/transformers-browser'],
  },
  { name: 'lint and format', command: ['biome', 'ci', '.'] },
  { name: 'every public export is documented', command: [...tsx, 'scripts/check-docstrings.ts'] },
  { name: 'the page of losses is current', command: [...tsx, 'scripts/generate-loss-page.ts', '--check'] },
  {
    name: 'the page of which loss is current',
    command: [...tsx, 'examples/long-tail-grid/src/every-loss/which-loss-main.ts', '--check'],
  },
  { name: 'the code of the pages', command: [...tsx, 'scripts/check-code-blocks.ts'] },
  { name: 'the site', command: [...tsx, 'docs/scripts/build-site.ts'] },
  { name: 'imports run one way', command: [...tsx, 'scripts/check-imports.ts'] },
  { name: 'the walk through the house names what is there', command: ['tsx', 'scripts/check-architecture.ts'] },
  { name: 'no unused dependency, file or export', command: ['knip'] },
  { name: 'build', command: ['turbo', 'run', 'build'] },
  { name: 'packages as users get them', command: [...tsx, 'scripts/check-packages.ts'] },
  { name: 'what a release would publish', command: ['tsx', 'scripts/release-dry-run.ts'] },
  { name: 'an adapter of a repository of its own', command: [...tsx, 'scripts/check-new-adapter.ts'] },
  { name: 'examples', command: [...tsx, 'scripts/check-examples.ts'] },
]

interface Tally {
  passed: number
  failed: number
}

/** What vitest's JSON report says of the tests. */
interface TestReport {
  readonly success: boolean
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

const reportFile = 'reports/vitest.json'

function runStep({ command }: Step): boolean {
  const [program, ...args] = command
  return spawnSync(`node_modules/.bin/${program}`, args, { stdio: 'inherit' }).status === 0
}

/** Runs vitest, or takes its last report, and counts its tests; a run without a report counts as one failure. */
function testTally(runTests: boolean): Tally & { readonly failures: readonly string[] } {
  if (runTests) {
    rmSync(reportFile, { force: true })
    runStep({ name: 'tests', command: ['vitest', 'run'] })
  }
  if (!existsSync(reportFile)) {
    console.error(`there is no ${reportFile}: the test run did not end`)
    return { passed: 0, failed: 1, failures: ['tests'] }
  }
  const report = JSON.parse(readFileSync(reportFile, 'utf8')) as TestReport
  // A suite that cannot be loaded fails the run without a failed test.
  const failed = report.success ? 0 : Math.max(report.numFailedTests, 1)
  return { passed: report.numPassedTests, failed, failures: failed === 0 ? [] : failedTests(report) }
}

/** The failed tests with the first lines of their messages, for the end of the output. */
function failedTests({ testResults }: TestReport): string[] {
  const firstLines = (message = ''): string => message.split('\n').slice(0, 12).join('\n    ')
  const found = testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(process.cwd(), name)
    const tests = assertionResults.filter((test) => test.status === 'failed')
    if (tests.length === 0 && status === 'failed') return [`${file}\n    ${firstLines(message)}`]
    return tests.map(({ fullName, failureMessages }) => `${file}: ${fullName}\n    ${firstLines(failureMessages[0])}`)
  })
  return found.length > 0 ? found : ['tests']
}

const { failures: testFailures, ...counts } = testTally(!process.argv.includes('--after-tests'))
const tally: Tally = counts
const failures = [...testFailures]
for (const step of steps) {
  console.log(`\n── ${step.name}: ${step.command.join(' ')}`)
  const started = Date.now()
  const passed = runStep(step)
  console.log(`── ${step.name}: ${passed ? 'ok' : 'FAILED'} (${((Date.now() - started) / 1000).toFixed(0)} s)`)
  if (passed) tally.passed++
  else {
    tally.failed++
    failures.push(step.name)
  }
}
if (failures.length > 0) console.log(`\nfailed:\n${failures.map((failure) => `  ${failure}`).join('\n')}`)
console.log(`\n${tally.passed} passed, ${tally.failed} failed`)
process.exitCode = tally.failed === 0 ? 0 : 1
