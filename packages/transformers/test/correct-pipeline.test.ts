import { pipeline } from '@huggingface/transformers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { correctPipeline } from '../src/correct-pipeline.ts'
import { multiLabelPipeline } from '../src/multi-label-pipeline.ts'
import { drawJpeg } from './support/pictures.ts'
import { savedConfig, savedModel } from './support/saved-model.ts'

/** The pipeline of transformers.js for a model with this config, with its folder. */
async function load(config?: object) {
  const folder = await savedModel(config)
  const classifier = await pipeline('image-classification', folder)
  onTestFinished(() => classifier.dispose())
  return { folder, classifier }
}

const pictures = await Promise.all(
  (['red', 'green', 'blue'] as const).map(
    async (colour, seed) => new Blob([new Uint8Array(await drawJpeg([colour], seed))]),
  ),
)

describe('the pipeline of a multi-label model', () => {
  test('gives the scores of multiLabelPipeline once it is corrected', async () => {
    const { folder, classifier } = await load()
    const corrected = correctPipeline(classifier)
    const classify = await multiLabelPipeline(folder)
    onTestFinished(() => classify.dispose())
    const expected = await classify(pictures, { threshold: 0 })
    expect(await corrected(pictures, { top_k: null as never })).toEqual(expected)
    // As before: the best five, one list for one image, and one list each for a list of one.
    expect(await corrected(pictures, { top_k: 2 })).toEqual(expected.map((labels) => labels.slice(0, 2)))
    expect(await corrected(pictures[1]!)).toEqual(expected[1]!.slice(0, 5))
    expect(await corrected([pictures[1]!])).toEqual([expected[1]!.slice(0, 5)])

    const { thresholds } = corrected
    const given = expected.map((labels) => labels.filter(({ label, score }) => score > thresholds![label]!))
    expect(given).toEqual(await classify(pictures))
    expect(given.flat().length).toBeGreaterThan(0)
    expect(given).not.toEqual(expected)
  })

  test('is not changed itself: its scores still add up to 1', async () => {
    const { classifier } = await load()
    const before = await classifier(pictures[0]!)
    const corrected = await correctPipeline(classifier)(pictures[0]!)
    expect(await classifier(pictures[0]!)).toEqual(before)
    const sum = (labels: readonly { score: number }[]) => labels.reduce((total, { score }) => total + score, 0)
    expect(sum(before)).toBeCloseTo(1, 5)
    expect(sum(corrected)).not.toBeCloseTo(1, 2)
    // The order is the same, since both functions rise.
    expect(corrected.map(({ label }) => label)).toEqual(before.map(({ label }) => label))
  })

  test('has no thresholds where none were tuned, and refuses those that do not fit', async () => {
    const { dbloss } = savedConfig
    const { classifier } = await load({ ...savedConfig, dbloss: { original: dbloss.original } })
    expect(correctPipeline(classifier).thresholds).toBeUndefined()
    const { classifier: wrong } = await load({ ...savedConfig, dbloss: { thresholds: [0, 1] } })
    expect(() => correctPipeline(wrong)).toThrow(
      /dbloss\.thresholds of the model are \[0,1\]; expected 5 finite numbers/,
    )
  })
})

test.each(['single_label_classification', undefined])(
  'a pipeline with the problem type %s stays what it is',
  async (type) => {
    const { problem_type: _, ...config } = savedConfig
    const { classifier } = await load({ ...config, ...(type === undefined ? {} : { problem_type: type }) })
    expect(correctPipeline(classifier)).toBe(classifier)
  },
)
