import {
  classBalancedLoss,
  createRandom,
  distributionBalancedLoss,
  labelStatistics,
  negativeTolerantLoss,
} from '@dbloss/core'

export const featureCount = 6
export const classCount = 4
export const sampleCount = 24

const random = createRandom(5)
/** Label lists with class counts of about 12, 8, 5 and 2. */
export const labelLists = Array.from({ length: sampleCount }, (_, sample) =>
  [0, 1, 2, 3].filter((label) => sample % (2 + label * 3) === label % 2),
)
export const statistics = labelStatistics(labelLists, { classCount })
export const features = Float32Array.from({ length: sampleCount * featureCount }, () => random.next() * 2 - 1)
export const labels = Float32Array.from(
  labelLists.flatMap((list) => Array.from({ length: classCount }, (_, index) => (list.includes(index) ? 1 : 0))),
)
/** The same labels, some of them unknown: one in five, and all of one row. */
export const partlyUnknown = labels.map((label, at) => (at % 5 === 0 || Math.floor(at / classCount) === 3 ? -1 : label))

export const trainedLosses = [
  ['DB-Focal', distributionBalancedLoss(statistics)],
  ['NT-BCE, sum over classes', negativeTolerantLoss(statistics, { reduction: 'batchmean' })],
  ['CB-Focal, average-n', classBalancedLoss(statistics, { mode: 'average-n', beta: 0.99 })],
] as const
