import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeRealData } from '../../../../test-support/real-data.ts'
import { temporaryFolder } from '../../../../test-support/temporary-folder.ts'
import { fineTune, readDataset } from '../../src/index.ts'

describeRealData('copies of a real model', ({ locate }) => {
  test('MobileNet 1.0 decides on photographs as before, in a quarter and a half of the size', async () => {
    const scenes = await readDataset(locate('photos/scenes'))
    const { train, test } = scenes.splits
    const output = join(temporaryFolder(), 'model')
    const { copies } = await fineTune({
      model: locate('models/mobilenet_v1_1.0_224_pw12'),
      data: { ...scenes, splits: { train: train.slice(0, 80), test: test!.slice(0, 30) } },
      output,
      copies: ['q8', 'fp16'],
    })
    const bytes = statSync(join(output, 'onnx/model.onnx')).size
    const [q8, fp16] = copies
    expect(q8!.bytes / bytes).toBeLessThan(0.3)
    expect(fp16!.bytes / bytes).toBeLessThan(0.52)
    expect(JSON.parse(readFileSync(join(output, 'config.json'), 'utf8')).dbloss.copies.q8.bytes).toBe(q8!.bytes)
    // Twenty-odd layers: some percent of logits whose size is a few units.
    expect(q8!.meanLogitDifference).toBeLessThan(0.2)
    expect(q8!.agreement).toBeGreaterThan(0.9)
    // A roundoff of 2^-11 a layer.
    expect(fp16!.meanLogitDifference).toBeLessThan(0.02)
    expect(fp16!.agreement).toBeGreaterThan(0.98)
  })
})
