import type { ConformanceResult, Outcome } from './result.ts'

const marks: Readonly<Record<Outcome, string>> = {
  passed: '✓',
  failed: '✗',
  excepted: '(✓)',
  'not supported': '–',
}

/** From the best to the worst: a cell shows the worst outcome of its checks. */
const severity: readonly Outcome[] = ['passed', 'not supported', 'excepted', 'failed']

/**
 * The table "target × loss" in Markdown, and below it what is not supported or excepted, with the reasons.
 *
 * @param results - outcomes of one adapter or of several.
 */
export function conformanceTable(results: readonly ConformanceResult[]): string {
  const adapters = [...new Set(results.map(({ adapter }) => adapter))]
  const rows = [...new Set(results.map(({ loss, group }) => loss ?? group))]
  const cell = (adapter: string, row: string): string => {
    const own = results.filter((result) => result.adapter === adapter && (result.loss ?? result.group) === row)
    const worst = Math.max(-1, ...own.map(({ outcome }) => severity.indexOf(outcome)))
    return worst < 0 ? '' : marks[severity[worst]!]
  }
  const lines = [
    `| | ${adapters.join(' | ')} |`,
    `|---|${adapters.map(() => '---').join('|')}|`,
    ...rows.map((row) => `| ${row} | ${adapters.map((adapter) => cell(adapter, row)).join(' | ')} |`),
  ]
  const notes = results
    .filter(({ outcome }) => outcome !== 'passed')
    .map(({ adapter, check, outcome, message }) => `- ${adapter}, ${check}: ${outcome} – ${message}`)
  return [...lines, ...(notes.length > 0 ? ['', ...notes] : [])].join('\n')
}
