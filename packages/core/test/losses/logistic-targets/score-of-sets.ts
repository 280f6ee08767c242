import type { LogisticTarget } from '../../../src/index.ts'

/** 1 − L̄ of two sets of labels, given as 0 and 1. */
export function scoreOfSets(target: LogisticTarget, predicted: readonly number[], truth: readonly number[]): number {
  const both = truth.filter((label, index) => label === 1 && predicted[index] === 1).length
  const sizes = [...predicted, ...truth].reduce((sum, label) => sum + label, 0)
  const same = truth.filter((label, index) => label === predicted[index]).length
  switch (target) {
    case 'hamming':
      return same / truth.length
    case 'subset':
      return same === truth.length ? 1 : 0
    case 'f1':
      return sizes === 0 ? 1 : (2 * both) / sizes
    case 'jaccard':
      return sizes === 0 ? 1 : both / (sizes - both)
  }
}

/** All 2^C sets. */
export function allSets(classCount: number): number[][] {
  return Array.from({ length: 2 ** classCount }, (_, bits) =>
    Array.from({ length: classCount }, (_, index) => (bits >> index) & 1),
  )
}
