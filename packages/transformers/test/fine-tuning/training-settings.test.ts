import { expect, test } from 'vitest'
import { resolveSettings } from '../../src/training-settings.ts'

test.each([
  { samples: 290, batchSize: 128, epochs: 334, because: '1,000 steps of 3 an epoch' },
  { samples: 100_000, batchSize: 128, epochs: 40, because: '40 epochs are 31,280 steps' },
  { samples: 10, batchSize: 128, epochs: 1000, because: 'one step an epoch, of all samples' },
])('the default for $samples samples is $epochs epochs: $because', ({ samples, batchSize, epochs }) => {
  expect(resolveSettings({ batchSize }, samples).epochs).toBe(epochs)
})

test('given epochs are taken as they are', () => {
  expect(resolveSettings({ epochs: 3 }, 10).epochs).toBe(3)
})
