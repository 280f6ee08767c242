import { DblossError } from '@dbloss/core'
import { type PredictionLine, type PredictionRun, type PredictionsHeader, predictionsFormat } from './predictions.ts'

/** Makes the error for one place of a line, as `runs[0].lossCurve`; readers and writers name the file differently. */
export type Refuse = (place: string, found: unknown, expected: string) => DblossError

/**
 * Makes errors that begin with `where`, as `predictions.jsonl, line 3`.
 *
 * @param code `data` for a file that is read, `argument` for what is to be written.
 */
export function refusalsIn(where: string, code: 'data' | 'argument'): Refuse {
  return (place, found, expected) =>
    new DblossError(code, `${where}: ${place} is ${describe(found)}; expected ${expected}`, {
      argument: 'predictions',
      found,
      expected,
    })
}

/**
 * Checks the first line.
 *
 * @throws DblossError by `refuse`.
 */
export function checkHeader(line: unknown, refuse: Refuse): PredictionsHeader {
  const header = objectIn('the line', line, refuse)
  const { format, version } = predictionsFormat
  if (header.format !== format) throw refuse('format', header.format, `'${format}' in the first line`)
  if (header.version !== version) throw refuse('version', header.version, `${version}, the version that is known here`)
  const classNames = stringsIn('classNames', header.classNames, refuse)
  const classCount = classNames.length
  const sampleCount = wholeNumber('sampleCount', header.sampleCount, 1, refuse)
  const imageCount = wholeNumber('imageCount', header.imageCount, 0, refuse)
  const classCounts = numbersIn('classCounts', header.classCounts, refuse, classCount)
  classCounts.forEach((count, index) => {
    if (count < 0 || count > sampleCount) {
      throw refuse(`classCounts[${index}]`, count, `0 to sampleCount, ${sampleCount}`)
    }
  })
  const runs = listIn('runs', header.runs, refuse)
  stringsIn(
    'the names of runs',
    runs.map((run) => (isObject(run) ? run.name : undefined)),
    refuse,
  )
  return {
    classNames,
    classCounts,
    sampleCount,
    imageCount,
    runs: runs.map((run, index) => checkRun(run, `runs[${index}]`, classCount, refuse)),
  }
}

/**
 * Checks a line after the first.
 *
 * @throws DblossError by `refuse`.
 */
export function checkPredictionLine(
  line: unknown,
  { classNames, runs }: Pick<PredictionsHeader, 'classNames' | 'runs'>,
  refuse: Refuse,
): PredictionLine {
  const { file, split, labels, logits } = objectIn('the line', line, refuse)
  const classCount = classNames.length
  const picture = {
    file: textIn('file', file, refuse),
    labels: checkLabels(labels, classCount, refuse),
  }
  if (split === 'train') {
    if (logits !== undefined) throw refuse('logits', logits, 'none for a training picture')
    return { ...picture, split }
  }
  if (split !== 'validation' && split !== 'test') throw refuse('split', split, 'train, validation or test')
  const byRun = objectIn('logits', logits, refuse)
  const names = new Set(runs.map(({ name }) => name))
  const unknown = Object.keys(byRun).find((name) => !names.has(name))
  if (unknown !== undefined) throw refuse('a run of logits', unknown, 'a run that the first line names')
  const entries = runs.map(({ name }): [string, Float32Array] => {
    const values = Object.hasOwn(byRun, name) ? byRun[name] : undefined
    const place = `logits[${JSON.stringify(name)}]`
    const numbers = Float32Array.from(numbersIn(place, values, refuse, classCount))
    const overflowed = numbers.findIndex((value) => !Number.isFinite(value))
    if (overflowed !== -1) throw refuse(`${place}[${overflowed}]`, numbers[overflowed], 'a number of single precision')
    return [name, numbers]
  })
  return { ...picture, split, logits: Object.fromEntries(entries) }
}

function checkRun(value: unknown, place: string, classCount: number, refuse: Refuse): PredictionRun {
  const run = objectIn(place, value, refuse)
  const { validationCurve, thresholds, temperature } = run
  return {
    name: textIn(`${place}.name`, run.name, refuse),
    loss: textIn(`${place}.loss`, run.loss, refuse),
    lossParameters: objectIn(`${place}.lossParameters`, run.lossParameters, refuse),
    sampler: textIn(`${place}.sampler`, run.sampler, refuse),
    lossCurve: numbersIn(`${place}.lossCurve`, run.lossCurve, refuse),
    ...(validationCurve === undefined
      ? {}
      : { validationCurve: numbersIn(`${place}.validationCurve`, validationCurve, refuse) }),
    ...(thresholds === undefined
      ? {}
      : { thresholds: numbersIn(`${place}.thresholds`, thresholds, refuse, classCount) }),
    ...(temperature === undefined
      ? {}
      : { temperature: checkTemperature(temperature, `${place}.temperature`, classCount, refuse) }),
  }
}

function checkTemperature(value: unknown, place: string, classCount: number, refuse: Refuse): number | number[] {
  const temperatures = Array.isArray(value) ? numbersIn(place, value, refuse, classCount) : [value]
  if (temperatures.every((number) => typeof number === 'number' && Number.isFinite(number) && number > 0)) {
    return value as number | number[]
  }
  throw refuse(place, value, 'a number above 0, or one a class')
}

function checkLabels(value: unknown, classCount: number, refuse: Refuse): number[] {
  const labels = numbersIn('labels', value, refuse)
  const wrong = labels.find((label) => !Number.isInteger(label) || label < 0 || label >= classCount)
  if (wrong !== undefined) throw refuse('a label', wrong, `the index of one of ${classCount} classes`)
  if (new Set(labels).size < labels.length) throw refuse('labels', labels, 'each class once at most')
  return labels
}

function stringsIn(place: string, value: unknown, refuse: Refuse): string[] {
  const texts = listIn(place, value, refuse).map((text, index) => textIn(`${place}[${index}]`, text, refuse))
  if (texts.length === 0) throw refuse(place, texts, 'at least one')
  const twice = texts.find((text, index) => texts.indexOf(text) < index)
  if (twice !== undefined) throw refuse(`a second one of ${place}`, twice, 'each name once')
  return texts
}

function numbersIn(place: string, value: unknown, refuse: Refuse, count?: number): number[] {
  const numbers = listIn(place, value, refuse)
  if (count !== undefined && numbers.length !== count) {
    throw refuse(place, `a list of ${numbers.length}`, `${count} numbers, one a class`)
  }
  numbers.forEach((number, index) => {
    if (!Number.isFinite(number)) throw refuse(`${place}[${index}]`, number, 'a finite number')
  })
  return numbers as number[]
}

function listIn(place: string, value: unknown, refuse: Refuse): unknown[] {
  if (Array.isArray(value)) return value
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as Float32Array)
  throw refuse(place, value, 'a list')
}

function wholeNumber(place: string, value: unknown, minimum: number, refuse: Refuse): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= minimum) return value
  throw refuse(place, value, `a whole number from ${minimum}`)
}

function textIn(place: string, value: unknown, refuse: Refuse): string {
  if (typeof value === 'string' && value !== '') return value
  throw refuse(place, value, 'a text')
}

function objectIn(place: string, value: unknown, refuse: Refuse): Record<string, unknown> {
  if (isObject(value)) return value
  throw refuse(place, value, 'an object')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Short enough for a message. */
function describe(value: unknown): string {
  if (value === undefined) return 'missing'
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value))
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
