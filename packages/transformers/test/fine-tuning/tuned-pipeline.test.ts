import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { fineTune } from '../../src/fine-tuning/fine-tune.ts'
import { type MultiLabelPipelineOptions, multiLabelPipeline } from '../../src/multi-label-pipeline.ts'
import { readPredictions } from '../../src/predictions/read-predictions.ts'
import { setUp } from './support/set-up.ts'

async function load(folder: string, options?: MultiLabelPipelineOptions) {
  const classify = await multiLabelPipeline(folder, options)
  onTestFinished(() => classify.dispose())
  return classify
}

describe('the saved model', () => {
  test('has the thresholds and the temperature that were tuned, and the pipeline decides by them', async () => {
    // So slow that no logit is far from 0: decisions at 0.5 are wrong, those at thresholds need not be.
    const options = { ...(await setUp()), learningRate: 0.001, loss: 'bce' as const }
    const { runs, classNames } = await fineTune(options)
    const { thresholds, temperature } = runs[0]!.tuned!
    const { dbloss } = JSON.parse(readFileSync(join(options.output, 'config.json'), 'utf8'))
    expect(dbloss).toMatchObject({
      thresholds,
      temperature,
      learningRate: 0.001,
      validation: { on: 'validation', samples: 12, f1: runs[0]!.validation!.f1 },
    })
    const { scored } = await readPredictions(join(options.output, 'predictions.jsonl'))
    const pictures = scored.filter(({ split }) => split === 'test')
    const files = pictures.map(({ file }) => join(options.data, file))
    const logits = pictures.map(({ logits }) => Array.from(logits.bce!))
    const expected = logits.map((row) => classNames.filter((_, index) => row[index]! > thresholds[index]!).sort())
    const given = (await (await load(options.output))(files)).map((labels) => labels.map(({ label }) => label).sort())
    expect(given).toEqual(expected)
    const atHalf = logits.map((row) => classNames.filter((_, index) => row[index]! >= 0).sort())
    expect(expected).not.toEqual(atHalf)

    const classify = await load(options.output, { calibrated: true })
    const calibrated = await classify(files, { threshold: 0 })
    for (const [row, labels] of calibrated.entries()) {
      for (const { label, score } of labels) {
        const logit = logits[row]![classNames.indexOf(label)]!
        expect(Math.abs(score - 1 / (1 + Math.exp(-logit / temperature!)))).toBeLessThan(1e-6)
      }
    }

    const card = readFileSync(join(options.output, 'README.md'), 'utf8')
    const threshold = 1 / (1 + Math.exp(-thresholds[classNames.indexOf('red')]!))
    expect(card).toMatch(new RegExp(`\\| red \\| 18 \\| \\d+\\.\\d \\| ${threshold.toFixed(2)} \\|`))
    expect(card).toMatch(
      /\| 12 \(test\) \| score 0\.5 \|.*\n\| 12 \(test\) \| thresholds \|.*\n\| 12 \(validation\) \| score 0\.5 \|/,
    )
    expect(card).toContain(`the temperature ${temperature!.toPrecision(3)}`)
  })

  test('without a temperature is not calibrated, and one whose thresholds do not fit is refused', async () => {
    const { output, ...options } = await setUp()
    await fineTune({ ...options, output, validation: 0, data: join(options.data, 'train') })
    await expect(multiLabelPipeline(output, { calibrated: true })).rejects.toThrow(
      /dbloss.temperature of .* is undefined/,
    )
    const config = JSON.parse(readFileSync(join(output, 'config.json'), 'utf8'))
    config.dbloss.thresholds = [0]
    writeFileSync(join(output, 'config.json'), JSON.stringify(config))
    await expect(multiLabelPipeline(output)).rejects.toMatchObject({ name: 'DblossError', code: 'model' })
  })
})
