import type { ReportNumbers } from '../../src/report/numbers/report-numbers.ts'

/** The numbers that a report carries; NaN is null there, as JSON has it. */
export function embeddedNumbers(html: string): ReportNumbers {
  const json = /<script type="application\/json" id="dbloss-numbers">(.*?)<\/script>/s.exec(html)
  return JSON.parse(json![1]!) as ReportNumbers
}

/** A value as JSON gives it back. */
export function throughJson<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value
}
