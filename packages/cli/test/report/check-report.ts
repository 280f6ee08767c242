import { parseHTML } from 'linkedom'
import { splitKeys } from '../../src/report/numbers/comparison.ts'
import { embeddedNumbers } from './embedded-numbers.ts'
import {
  basicInterval,
  bootstrapSamples,
  calibrationError,
  classPrecision,
  f1Of,
  meanPrecisions,
  type PlainPredictions,
  plainPredictions,
} from './plain-measures.ts'

/** Sums in another order. */
const tolerance = 1e-9
/** The report takes logits as single precision; here they are in the digits of the file. */
const calibrationTolerance = 1e-6
/** Tables round to one digit of percent. */
const shownTolerance = 0.05 + 1e-9

/** Numbers of a report that were compared, and those that differ. */
export interface ReportCheck {
  readonly compared: number
  readonly differences: readonly string[]
}

/**
 * Compares what a report says, as JSON and in its tables, with what is computed anew from the text of its predictions file:
 * counts, average precision, mAP with its intervals, F1 at logit 0 and at the thresholds of the file, calibration errors.
 */
export function checkReport(html: string, predictions: string): ReportCheck {
  const plain = plainPredictions(predictions)
  const differences: string[] = []
  let compared = 0
  const check = (what: string, found: number | null, expected: number, allowed = tolerance): void => {
    compared++
    const agrees = Number.isNaN(expected) ? found === null : found !== null && Math.abs(found - expected) <= allowed
    if (!agrees) differences.push(`${what} is ${found}; expected ${expected}`)
  }
  checkNumbers(html, plain, check)
  checkTables(html, plain, check)
  return { compared, differences }
}

type Check = (what: string, found: number | null, expected: number, allowed?: number) => void

function checkNumbers(html: string, plain: PlainPredictions, check: Check): void {
  const { classes, comparison, runs, pictures } = embeddedNumbers(html)
  check('the training pictures', pictures.training, plain.train.length)
  check('the test pictures', pictures.test, plain.test.length)
  plain.classNames.forEach((name, index) => {
    const carriers = (of: PlainPredictions['test']) => of.filter(({ labels }) => labels.includes(index)).length
    check(`training pictures of ${name}`, classes[index]!.trainingCount, carriers(plain.train))
    check(`positives of ${name}`, classes[index]!.positives, carriers(plain.test))
  })
  const samples = bootstrapSamples(plain.test, comparison)
  for (const [place, { name: run, thresholds, temperature }] of plain.runs.entries()) {
    const expected = meanPrecisions(plain, plain.test, run)
    const drawn = samples.map((sample) => meanPrecisions(plain, sample, run))
    for (const split of splitKeys) {
      const { estimate, lower, upper } = comparison.runs[place]!.map[split]
      const values = drawn.map((means) => means[split])
      const interval = basicInterval(expected[split], values, 0)
      check(`mAP of ${run}, ${split}`, estimate, expected[split])
      check(`mAP of ${run}, ${split}, lower`, lower, interval.lower)
      check(`mAP of ${run}, ${split}, upper`, upper, interval.upper)
    }
    const { averagePrecision, untuned, tuned, calibration, calibrated } = runs[place]!
    plain.classNames.forEach((name, index) => {
      check(`AP of ${name}, ${run}`, averagePrecision[index]!.estimate, classPrecision(plain.test, run, index))
    })
    const middle = plain.classNames.map(() => 0)
    for (const [kind, decisions, limits] of [
      ['logit 0', untuned, middle] as const,
      ['tuned', tuned, thresholds ?? middle] as const,
    ]) {
      if (decisions === null) continue
      const { perClass, ...means } = f1Of(plain.test, run, limits)
      for (const average of ['micro', 'macro', 'samples'] as const) {
        check(`${average} F1 of ${run}, ${kind}`, decisions.f1[average], means[average])
      }
      plain.classNames.forEach((name, index) => {
        check(`F1 of ${name}, ${run}, ${kind}`, decisions.perClass[index]!.f1, perClass[index]!)
      })
    }
    const errorAt = (value: number) => calibrationError(plain.test, run, value)
    check(`calibration error of ${run}`, calibration.micro, errorAt(1), calibrationTolerance)
    if (temperature !== undefined) {
      check(`calibrated error of ${run}`, calibrated!.micro, errorAt(temperature), calibrationTolerance)
    }
  }
}

/** What the checks use of a document; there is no DOM in the types of this workspace. */
interface Element {
  readonly textContent: string
  querySelectorAll(selector: string): Iterable<Element>
}

function checkTables(html: string, plain: PlainPredictions, check: Check): void {
  const document = parseHTML(html).document as unknown as Element
  const tables = (selector: string) =>
    [...document.querySelectorAll(selector)].map((table) =>
      [...table.querySelectorAll('tbody tr')].map((row) =>
        [...row.querySelectorAll('td')].map(({ textContent }) => textContent),
      ),
    )
  const shown = (what: string, text: string, share: number): void =>
    check(`${what} in its table`, text === '–' ? null : Number(text), 100 * share, shownTolerance)
  const [comparison] = tables('#comparison table')
  const ofClasses = tables('#labels table')
  for (const [place, { name: run, thresholds }] of plain.runs.entries()) {
    const cells = comparison!.find(([name]) => name === run)!
    const means = meanPrecisions(plain, plain.test, run)
    splitKeys.forEach((split, column) => {
      shown(`mAP of ${run}, ${split}`, cells[3 + 2 * column]!, means[split])
    })
    const f1 = f1Of(plain.test, run, thresholds ?? plain.classNames.map(() => 0))
    shown(`micro F1 of ${run}`, cells.at(-2)!, f1.micro)
    shown(`macro F1 of ${run}`, cells.at(-1)!, f1.macro)
    plain.classNames.forEach((name, index) => {
      const row = ofClasses[place]!.find(([label]) => label === name)!
      shown(`AP of ${name}, ${run}`, row[4]!, classPrecision(plain.test, run, index))
      shown(`F1 of ${name}, ${run}`, row.at(-1)!, f1.perClass[index]!)
    })
  }
}
