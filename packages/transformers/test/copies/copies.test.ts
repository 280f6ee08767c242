import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DATA_TYPE, decodeModel, encodeModel, graphOf, makeTensor } from '@dbloss/onnx-training'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../../test-support/temporary-folder.ts'
import { type CopyDtype, exportCopies, fineTune, multiLabelPipeline } from '../../src/index.ts'
import { setUp } from '../fine-tuning/support/set-up.ts'
import { logitsInNode } from '../support/saved-logits.ts'
import { changeConfig, configOf, trained, wideModel } from './support.ts'

const files = { q8: 'onnx/model_quantized.onnx', fp16: 'onnx/model_fp16.onnx' } as const

/** The pictures of a split. */
function pictures(data: string, split: string): string[] {
  return readdirSync(join(data, split))
    .filter((name) => name.endsWith('.jpg'))
    .map((name) => join(data, split, name))
}

/** The largest and the mean difference of logits, row by row. */
function differences(a: number[][], b: number[][]): { largest: number; mean: number } {
  const all = a.flatMap((row, index) => row.map((logit, label) => Math.abs(logit - b[index]![label]!)))
  return { largest: Math.max(...all), mean: all.reduce((sum, value) => sum + value, 0) / all.length }
}

/** The logits of a copy, which transformers.js takes by the config. */
async function logitsOf(folder: string, dtype: CopyDtype | 'fp32', images: string[]): Promise<number[][]> {
  changeConfig(folder, { 'transformers.js_config': { dtype } })
  return logitsInNode(folder, images)
}

describe('copies that fineTune saves', () => {
  test('are recorded with their size and their difference, which transformers.js gives too', async () => {
    const { options, result } = await trained({ copies: ['q8', 'fp16'] })
    const { output, data } = options
    expect(readdirSync(join(output, 'onnx')).sort()).toEqual(['model.onnx', 'model_fp16.onnx', 'model_quantized.onnx'])
    const images = pictures(data, 'validation')
    const expected = await logitsOf(output, 'fp32', images)
    const { copies } = configOf(output).dbloss
    for (const dtype of ['q8', 'fp16'] as const) {
      const { largest, mean } = differences(expected, await logitsOf(output, dtype, images))
      const record = copies[dtype]
      expect(record).toMatchObject({
        file: files[dtype],
        bytes: statSync(join(output, files[dtype])).size,
        modelBytes: statSync(join(output, 'onnx/model.onnx')).size,
        comparedOn: 'validation',
        images: 12,
        agreement: 1,
      })
      expect(record.bytes).toBeLessThan(0.7 * record.modelBytes)
      expect(largest).toBeGreaterThan(0)
      // The same runtime on the same pictures: only the batch size differs.
      expect(record.maxLogitDifference).toBeCloseTo(largest, 5)
      expect(record.meanLogitDifference).toBeCloseTo(mean, 5)
    }
    expect(result.copies.map(({ dtype }) => dtype)).toEqual(['q8', 'fp16'])
    const card = readFileSync(join(output, 'README.md'), 'utf8')
    expect(card).toMatch(/^## Smaller copies$/m)
    expect(card).toContain("multiLabelPipeline('./this-folder', { dtype: 'q8' })")
    expect(card).toMatch(/\| `q8` \| `onnx\/model_quantized.onnx` \| \d+\.\d kB \| 12 \(validation\) \|/)
  })

  test('load with their dtype in the pipeline', async () => {
    const { options } = await trained({ copies: ['q8', 'fp16'], validation: 0 })
    expect(configOf(options.output).dbloss.copies.q8.comparedOn).toBe('evaluation')
    const [image] = pictures(options.data, 'test')
    const scores = []
    for (const dtype of ['fp32', 'q8', 'fp16'] as const) {
      const classify = await multiLabelPipeline(options.output, { dtype })
      const labels = await classify(image!, { threshold: 0 })
      await classify.dispose()
      scores.push(new Map(labels.map(({ label, score }) => [label, score])))
    }
    const [expected, ...others] = scores as [Map<string, number>, ...Map<string, number>[]]
    for (const other of others) {
      expect([...other.values()]).not.toEqual([...expected.values()])
      // Two layers in 8 bits; a score moves by at most a quarter of what its logit does.
      for (const [label, score] of other) expect(Math.abs(score - expected.get(label)!)).toBeLessThan(0.05)
    }
  })

  test('that cannot be made are refused before work starts', async () => {
    const { output, ...options } = await setUp({ bytes: wideModel(1e6) })
    const phases: string[] = []
    const onProgress = ({ phase }: { readonly phase: string }) => phases.push(phase)
    await expect(fineTune({ ...options, output, copies: ['fp16'], onProgress })).rejects.toMatchObject({
      name: 'DblossError',
      code: 'model',
      message: expect.stringContaining('from −65504 to 65504'),
    })
    await expect(fineTune({ ...options, copies: ['q8'] })).rejects.toMatchObject({
      code: 'argument',
      message: 'copies are given but the model is not saved; expected output',
    })
    await expect(fineTune({ ...options, output, dtype: 'q8', copies: ['q8'] })).rejects.toThrow('has no copies')
    await expect(fineTune({ ...options, output, copies: ['q4' as CopyDtype] })).rejects.toThrow('copies has q4')
    expect(phases).toEqual([])
    expect(existsSync(output)).toBe(false)
  })

  test('whose activations overflow are left out and told, and the model is saved', async () => {
    // Weights of 500: after two layers beyond 65,504, and then features that the head makes small again.
    const options = await setUp({ bytes: wideModel(500) })
    const { copies, notes } = await fineTune({ ...options, copies: ['fp16', 'q8'] })
    expect(copies.map(({ dtype }) => dtype)).toEqual(['q8'])
    expect(notes).toEqual([
      expect.stringMatching(
        /^no fp16 copy is saved: numbers in the fp16 copy grow to (Infinity|\d\.\d+e\+\d) on these images/,
      ),
    ])
    expect(readdirSync(join(options.output, 'onnx')).sort()).toEqual(['model.onnx', 'model_quantized.onnx'])
  })
})

describe('copies of a saved model', () => {
  test('are the same as those that fineTune saves, in the folder or in a new one', async () => {
    const { options } = await trained({ copies: ['q8'] })
    const { output, data } = options
    const copy = readFileSync(join(output, files.q8))
    const before = readFileSync(join(output, 'README.md'), 'utf8')
    const images = pictures(data, 'validation').map((path) => ({ path }))

    const [q8] = await exportCopies(output, { copies: ['q8'], images })
    expect(readFileSync(join(output, files.q8)).equals(copy)).toBe(true)
    expect(q8).toMatchObject({ dtype: 'q8', comparedOn: 'images', images: 12 })
    expect(configOf(output).dbloss.copies.q8).toMatchObject({ comparedOn: 'images' })
    expect(readFileSync(join(output, 'README.md'), 'utf8')).toBe(before.replace('12 (validation)', '12 (images)'))

    const other = join(temporaryFolder(), 'other')
    const names = readdirSync(output)
    const [fp16] = await exportCopies(output, { copies: ['fp16'], output: other })
    expect(fp16).toMatchObject({ dtype: 'fp16', comparedOn: 'noise', images: 8 })
    expect(readdirSync(other).sort()).toEqual(names.sort())
    expect(readdirSync(join(other, 'onnx')).sort()).toEqual(['model.onnx', 'model_fp16.onnx', 'model_quantized.onnx'])
    expect(Object.keys(configOf(other).dbloss.copies)).toEqual(['q8', 'fp16'])
    expect(readFileSync(join(other, 'README.md'), 'utf8').match(/^## Smaller copies$/gm)).toHaveLength(1)
    expect(existsSync(join(output, files.fp16))).toBe(false)

    // A cache of the hub may be made of links: a new folder has files of its own.
    const linked = join(temporaryFolder(), 'linked')
    mkdirSync(linked)
    for (const name of names) symlinkSync(join(output, name), join(linked, name), 'junction')
    const alone = join(temporaryFolder(), 'alone')
    await exportCopies(linked, { copies: ['fp16'], output: alone })
    expect(readdirSync(alone).every((name) => !lstatSync(join(alone, name)).isSymbolicLink())).toBe(true)
    expect(readdirSync(join(alone, 'onnx')).sort()).toEqual(readdirSync(join(other, 'onnx')).sort())
    expect(existsSync(join(output, files.fp16))).toBe(false)
  })

  test('are refused for folders that are no models, copies that there are not, and places that cannot be used', async () => {
    const { options } = await trained()
    const { output } = options
    const refused = (code: string, message: string) =>
      expect.objectContaining({ name: 'DblossError', code, message: expect.stringContaining(message) })
    await expect(exportCopies(join(output, 'none'))).rejects.toEqual(refused('model', 'there is no folder'))
    await expect(exportCopies(temporaryFolder(), { output: temporaryFolder() })).rejects.toEqual(
      refused('model', 'no config.json'),
    )
    await expect(exportCopies(output, { copies: ['int4' as CopyDtype] })).rejects.toEqual(
      refused('argument', 'copies has int4'),
    )
    await expect(exportCopies(output, { output: join(output, 'inside') })).rejects.toEqual(
      refused('output', 'lies inside the model'),
    )
    await expect(exportCopies(output, { output })).rejects.toEqual(refused('output', 'exists and is not empty'))
    const images = [{ path: join(output, 'config.json') }]
    await expect(exportCopies(output, { images })).rejects.toEqual(refused('data', 'config.json'))
    expect(readdirSync(join(output, 'onnx'))).toEqual(['model.onnx'])
    const empty = temporaryFolder()
    await expect(exportCopies(empty)).rejects.toEqual(refused('model', 'no config.json'))
    expect(readdirSync(empty)).toEqual([])
    expect(configOf(output).dbloss.copies).toBeUndefined()
  })

  test('of weights beyond float16 are refused by their name, and nothing is written', async () => {
    const { options } = await trained()
    const file = join(options.output, 'onnx/model.onnx')
    const model = decodeModel(readFileSync(file))
    const graph = graphOf(model)
    const head = graph.initializer.find(({ name }) => name === 'dbloss-head/weights')!
    expect(head.dataType).toBe(DATA_TYPE.float)
    Object.assign(head, makeTensor(head.name!, new Float32Array(64 * 3).fill(7e4, 0, 1), head.dims))
    writeFileSync(file, encodeModel(model))
    await expect(exportCopies(options.output)).rejects.toMatchObject({
      code: 'model',
      message: expect.stringContaining("'dbloss-head/weights' hold 70000"),
    })
    expect(readdirSync(join(options.output, 'onnx'))).toEqual(['model.onnx'])
  })
})
