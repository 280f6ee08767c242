import { expect, test } from 'vitest'
import { droppingLoss } from '../../../test-support/sourced-losses.ts'
import { DblossError, previewInputs } from '../src/index.ts'

test('a preview has the inputs of the next batch and leaves the source as it was, also when it fails', () => {
  const source = droppingLoss().inputSource!({ classCount: 3, seed: 2 })
  const batch = { labels: new Float32Array(6), batchSize: 2 }
  source.inputsFor(batch)
  const before = source.state()
  const preview = previewInputs(source, batch)
  expect(source.state()).toEqual(before)
  expect(source.inputsFor(batch)).toEqual(preview)
  const failing = {
    ...source,
    inputsFor: (given: typeof batch) => {
      source.inputsFor(given)
      throw new DblossError('labels', 'no such batch')
    },
  }
  const after = source.state()
  expect(() => previewInputs(failing, batch)).toThrow('no such batch')
  expect(source.state()).toEqual(after)
})
