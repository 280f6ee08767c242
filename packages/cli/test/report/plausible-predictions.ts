import { createRandom } from '@dbloss/core'
import type { PredictionRun, Predictions, ScoredPicture } from '@dbloss/transformers'

/** How large the predictions are. */
export interface PlausibleOptions {
  readonly classCount: number
  /** Of each of validation and test. */
  readonly pictures: number
  readonly runs: number
  readonly training?: number
  readonly classNames?: readonly string[]
  readonly seed?: number
  /** Whether runs carry thresholds and temperature. Default false: the report tunes them. */
  readonly tuned?: boolean
}

const words =
  'sea sand dog kite tree cloud bridge lamp tram owl fern boat cliff child tower rain snow road cup train'.split(' ')
const losses = ['bce', 'distribution-balanced', 'asl', 'focal', 'db/class-aware', 'cb-focal']

/**
 * Predictions as of long-tailed data: few frequent classes and many rare ones, classes that come in pairs, runs that
 * differ in how well they rank rare classes, overconfident logits.
 */
export function plausiblePredictions(options: PlausibleOptions): Predictions {
  const { classCount, pictures, training = 1000, seed = 1, tuned = false } = options
  const random = createRandom(seed)
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
  const classNames =
    options.classNames ??
    Array.from(
      { length: classCount },
      (_, index) => `${words[index % words.length]}${index < words.length ? '' : ` ${index}`}`,
    )
  const shares = classNames.map((_, index) => Math.max(0.4 * (index + 1) ** -1.1, 1.5 / training))
  const draw = (): number[] => {
    const carried = shares.flatMap((share, index) => (random.next() < share ? [index] : []))
    // Neighbours come together.
    const more = carried.filter((index) => index + 1 < classCount && random.next() < 0.25).map((index) => index + 1)
    return [...new Set([...carried, ...more])].sort((a, b) => a - b)
  }
  const trainingPictures = Array.from({ length: training }, (_, index) => {
    return { file: `train/${index}.jpg`, split: 'train' as const, labels: draw() }
  })
  const classCounts = classNames.map(
    (_, index) => trainingPictures.filter(({ labels }) => labels.includes(index)).length,
  )
  const runs = losses.slice(0, options.runs).map((name, place): PredictionRun => {
    const epochs = Array.from({ length: 30 }, (_, epoch) => epoch)
    return {
      name,
      loss: name.split('/')[0]!,
      lossParameters: place === 0 ? {} : { gamma: place },
      sampler: name.includes('/') ? 'class-aware' : 'uniform',
      lossCurve: epochs.map((epoch) => (0.1 + 0.6 * Math.exp(-epoch / 6)) * (1 + place / 3) + 0.01 * random.next()),
      validationCurve: epochs.map((epoch) => 0.5 + 0.03 * place - 0.4 * Math.exp(-epoch / 5) + 0.005 * random.next()),
      ...(tuned ? { thresholds: classNames.map(() => -1 - random.next()), temperature: 1.4 } : {}),
    }
  })
  const strengthOf = (place: number, index: number): number =>
    0.25 + 0.35 * Math.log10(1 + classCounts[index]!) + (place === 1 && classCounts[index]! < 40 ? 0.3 : 0.03 * place)
  const scored = (['validation', 'test'] as const).flatMap((split) =>
    Array.from({ length: pictures }, (_, number): ScoredPicture => {
      const labels = draw()
      const noise = classNames.map(normal)
      const logits = runs.map(({ name }, place): [string, Float32Array] => [
        name,
        Float32Array.from(classNames, (_, index) => {
          const signal = labels.includes(index) ? strengthOf(place, index) : -strengthOf(place, index)
          return 1.6 * (signal + noise[index]! + 0.4 * normal() + 0.3 * Math.log(shares[index]!))
        }),
      ])
      return { file: `${split}/${number}.jpg`, split, labels, logits: Object.fromEntries(logits) }
    }),
  )
  return { classNames, classCounts, sampleCount: training, runs, training: trainingPictures, scored }
}
