import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AutoModelForImageClassification } from '@huggingface/transformers'
import { expect, test } from 'vitest'
import { describeRealData } from '../../../test-support/real-data.ts'
import { temporaryFolder } from '../../../test-support/temporary-folder.ts'
import { extractFeatures, fineTune, loadBackbone, multiLabelPipeline } from '../src/index.ts'
import { applyHead } from '../src/linear-head.ts'

/** The first photographs of each split, so that a test takes seconds. */
function fewPhotographs(scenes: string, folder: string, counts: Readonly<Record<string, number>>): void {
  for (const [split, count] of Object.entries(counts)) {
    mkdirSync(join(folder, split), { recursive: true })
    const lines = readFileSync(join(scenes, split, 'metadata.jsonl'), 'utf8')
      .split('\n')
      .slice(0, count)
    writeFileSync(join(folder, split, 'metadata.jsonl'), `${lines.join('\n')}\n`)
    for (const line of lines) {
      const { file_name: name } = JSON.parse(line) as { file_name: string }
      copyFileSync(join(scenes, split, name), join(folder, split, name))
    }
  }
}

describeRealData('real photographs and ImageNet models', ({ locate }) => {
  test.each([
    ['mobilenet_v1_0.25_224', /^the input of (Gemm|MatMul) /, 256],
    ['mobilenet_v1_1.0_224_pw12', /^pooler_output$/, 1024],
  ])('%s: features, training, a model that transformers.js loads', async (name, description, featureCount) => {
    const folder = temporaryFolder()
    const photos = join(folder, 'photos')
    fewPhotographs(locate('photos/scenes'), photos, { train: 80, test: 30 })
    const model = locate(`models/${name}`)
    const output = join(folder, 'model')
    const { features, runs, classNames } = await fineTune({
      model,
      data: photos,
      output,
      loss: 'db',
      sampler: 'class-aware',
    })
    expect(features).toEqual({ description: expect.stringMatching(description), count: featureCount })
    expect(classNames).toEqual(['desert', 'mountains', 'sea', 'sunset', 'trees'])
    // A ranking at random reaches the share of positives, about 0.25 here.
    expect(runs[0]!.metrics.map.all).toBeGreaterThan(0.5)

    const [firstLine] = readFileSync(join(photos, 'test', 'metadata.jsonl'), 'utf8').split('\n')
    const image = join(photos, 'test', (JSON.parse(firstLine!) as { file_name: string }).file_name)
    const backbone = await loadBackbone(model)
    const { features: vector } = await extractFeatures(backbone, [{ path: image }])
    await backbone.dispose()
    const expected = Array.from(applyHead(runs[0]!.head, vector), (logit) => 1 / (1 + Math.exp(-logit)))
    const classify = await multiLabelPipeline(output)
    const scores = await classify(image, { threshold: 0 })
    await classify.dispose()
    for (const { label, score } of scores) expect(score).toBeCloseTo(expected[classNames.indexOf(label)]!, 5)
    const loaded = await AutoModelForImageClassification.from_pretrained(output)
    await loaded.dispose()
  })
})
