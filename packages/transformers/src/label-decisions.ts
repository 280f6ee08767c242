import { checkNumber, DblossError } from '@dbloss/core'
import { recordKey } from './classifier-config.ts'

/** A label with its probability. */
export interface LabelScore {
  readonly label: string
  /** σ(z), or σ(z / T) when calibrated. */
  readonly score: number
}

/** Options of one classification. */
export interface ClassifyOptions {
  /**
   * Labels that score less are left out. Default: those that the model's logits do not lift above the thresholds of its config,
   * one a label; without such thresholds 0.5. When `topK` is given, 0.
   */
  readonly threshold?: number
  /** At most so many labels. Default: all. */
  readonly topK?: number
}

/** What was tuned on validation images. */
export interface Tuning {
  /** Of logits, one a class. */
  readonly thresholds: readonly number[] | undefined
  /** T of σ(z / T): 1 where scores are not to be calibrated. */
  readonly temperature: number
}

/**
 * From the logits of an image to its labels, by descending score.
 *
 * @throws DblossError `argument` for options out of range.
 */
export function labelDecisions(
  { threshold, topK }: ClassifyOptions,
  { names, thresholds, temperature }: Tuning & { readonly names: readonly string[] },
): (logits: Float32Array) => LabelScore[] {
  const least = threshold ?? (topK === undefined ? 0.5 : 0)
  checkNumber('threshold', least, { minimum: 0, maximum: 1 })
  if (topK !== undefined) checkNumber('topK', topK, { integer: true, minimum: 1 })
  const own = threshold === undefined && topK === undefined ? thresholds : undefined
  return (logits) => {
    const scored = Array.from(logits, (logit, index) => ({
      label: names[index] ?? `LABEL_${index}`,
      score: 1 / (1 + Math.exp(-logit / temperature)),
    }))
    const isGiven = ({ score }: LabelScore, index: number) =>
      own === undefined ? score >= least : logits[index]! > own[index]!
    return scored
      .filter(isGiven)
      .sort((a, b) => b.score - a.score)
      .slice(0, topK)
  }
}

/** The labels of a model's config, in the order of its logits. */
export function labelNames(config: object): string[] {
  const names: string[] = []
  for (const [index, name] of Object.entries((config as { id2label?: Record<string, string> }).id2label ?? {})) {
    names[Number(index)] = name
  }
  return names
}

/**
 * Reads what `fineTune` has tuned from a model's config: `dbloss.thresholds` and `dbloss.temperature`.
 *
 * @throws DblossError `model` for thresholds that are not one number a class, for a temperature that is not above 0, and without
 * one that scores are to be calibrated by.
 */
export function readTuning(
  config: object,
  {
    classCount,
    model,
    calibrated,
  }: { readonly classCount: number; readonly model: string; readonly calibrated: boolean },
): Tuning {
  const { thresholds, temperature } = (config as { readonly [recordKey]?: Record<string, unknown> })[recordKey] ?? {}
  if (thresholds !== undefined && !areNumbers(thresholds, classCount)) {
    throw wrong(`dbloss.thresholds of ${model} are ${JSON.stringify(thresholds)}`, `${classCount} finite numbers`)
  }
  const mayBeMissing = !calibrated && temperature === undefined
  if (!mayBeMissing && !(areNumbers([temperature], 1) && (temperature as number) > 0)) {
    throw wrong(`dbloss.temperature of ${model} is ${JSON.stringify(temperature)}`, 'a number above 0')
  }
  return { thresholds, temperature: calibrated ? (temperature as number) : 1 }
}

function areNumbers(values: unknown, count: number): values is number[] {
  return Array.isArray(values) && values.length === count && values.every(Number.isFinite)
}

function wrong(problem: string, expected: string): DblossError {
  return new DblossError('model', `${problem}; expected ${expected} in config.json`, { argument: 'model', expected })
}
