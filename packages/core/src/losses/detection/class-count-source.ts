import { checkNumber } from '../../check-number.ts'
import type { InputSource, InputSourceOptions, SourcedBatch } from '../../input-source.ts'
import { checkSourcedBatch, visitKnownElements } from './known-elements.ts'
import { checkSourceState } from './source-state.ts'

const KIND = 'class-counts'

/**
 * An input `classCounts` [1, C]: how often each class was a positive label in all observed batches and the one at hand, the
 * sum of soft labels. Unknown labels do not count. A batch is added for good when it is observed.
 */
export function classCountSource({ classCount }: InputSourceOptions): InputSource {
  checkNumber('classCount', classCount, { integer: true, minimum: 1 })
  let counts: Float64Array = new Float64Array(classCount)

  const countsWith = (batch: SourcedBatch): Float64Array => {
    checkSourcedBatch(batch, classCount)
    const sums = counts.slice()
    visitKnownElements(batch, classCount, ({ label, classIndex }) => {
      sums[classIndex]! += label
    })
    return sums
  }

  return {
    inputsFor: (batch) => ({ classCounts: Float32Array.from(countsWith(batch)) }),
    observe(batch) {
      counts = countsWith(batch)
    },
    state: () => ({ kind: KIND, classCount, counts: Array.from(counts) }),
    restore(state) {
      const { counts: kept } = checkSourceState(state, { kind: KIND, classCount, lists: { counts: classCount } })
      counts = Float64Array.from(kept)
    },
  }
}
