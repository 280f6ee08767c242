import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { wideModel } from '../../transformers/test/copies/support.ts'
import { writeModel } from '../../transformers/test/support/models.ts'
import { dbloss } from './collect.ts'
import { picturesAndBackbone } from './support.ts'

/** A model that was trained on pictures, by a backbone with weights worth quantising. */
async function trained(...more: string[]) {
  const { root, photos } = await picturesAndBackbone()
  const [backbone, model] = [writeModel(join(root, 'wide'), wideModel()), join(root, 'model')]
  const argv = ['train', photos, '--model', backbone, '--output', model, '--epochs', '10', ...more]
  const { code, stderr } = await dbloss(argv)
  if (code !== 0) throw new Error(stderr)
  return { root, photos, model }
}

const copiesOf = (model: string) => JSON.parse(readFileSync(join(model, 'config.json'), 'utf8')).dbloss.copies

describe('dbloss export', () => {
  test('adds copies to a model and prints their sizes and differences', async () => {
    const { model, photos } = await trained()
    const { code, stdout } = await dbloss(['export', model, '--pictures', join(photos, 'test')])
    expect(code).toBe(0)
    expect(stdout).toMatch(/onnx\/model\.onnx\s*│ fp32\s*│\s*\d+ kB │\s*100\.0 %/)
    expect(stdout).toMatch(
      /onnx\/model_quantized\.onnx\s*│ q8 {4}│\s*\d\.\d kB │\s*\d\d\.\d % │\s*0\.\d+ │\s*0\.\d+ │\s*\d+\.\d %/,
    )
    expect(stdout).toMatch(/onnx\/model_fp16\.onnx/)
    expect(stdout).toContain('Differences are those of logits, on 15 pictures')
    expect(stdout).toContain(`multiLabelPipeline('${model}', { dtype: 'q8' })`)
    expect(copiesOf(model)).toMatchObject({ q8: { comparedOn: 'images', images: 15 }, fp16: { images: 15 } })

    const predict = async (...more: string[]) =>
      (await dbloss(['predict', model, join(photos, 'test'), '--top-k', '3', '--json', ...more])).stdout
    expect(await predict('--copy', 'q8')).not.toBe(await predict())
    const evaluated = await dbloss(['evaluate', model, photos, '--splits', 'test', '--copy', 'q8', '--json'])
    expect(JSON.parse(evaluated.stdout).splits.test.images).toBe(15)
  })

  test('writes a new folder, compares on noise where there are no pictures, and prints JSON', async () => {
    const { root, model } = await trained()
    const output = join(root, 'smaller')
    const argv = ['export', model, '--copies', 'q8', '--output', output]
    const { code, stdout } = await dbloss([...argv, '--json'])
    expect(code).toBe(0)
    const { copies, ...rest } = JSON.parse(stdout)
    expect(rest).toEqual({ model, output })
    expect(copies).toEqual([expect.objectContaining({ dtype: 'q8', comparedOn: 'noise', images: 8 })])
    expect(readdirSync(join(output, 'onnx')).sort()).toEqual(['model.onnx', 'model_quantized.onnx'])
    expect(existsSync(join(model, 'onnx/model_quantized.onnx'))).toBe(false)
    expect(await dbloss(argv)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/exists and is not empty[\s\S]*--overwrite/),
    })
    expect((await dbloss([...argv, '--overwrite'])).stdout).toContain('on 8 images of noise: --pictures compares')
  })

  test('ends with an error for what is no copy, no model and no picture', async () => {
    const { root, model } = await trained()
    expect(await dbloss(['export', model, '--copies', 'q8,int4'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("'int4' is no copy; expected q8, fp16"),
    })
    expect(await dbloss(['predict', model, join(root, 'photos/test/0.jpg'), '--copy', 'q8'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('model_quantized.onnx'),
    })
    expect(await dbloss(['export', join(root, 'photos')])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no config.json that can be read'),
    })
    writeFileSync(join(root, 'broken.jpg'), 'no picture')
    expect(await dbloss(['export', model, '--pictures', join(root, 'broken.jpg')])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('broken.jpg cannot be read as an image'),
    })
    expect(readdirSync(join(model, 'onnx'))).toEqual(['model.onnx'])
  })
})

describe('dbloss train --copies', () => {
  test('saves copies with the model; the config file has a list', async () => {
    const { root, photos, model } = await trained('--copies', 'q8,fp16')
    expect(copiesOf(model)).toMatchObject({ q8: { comparedOn: 'validation', images: 10 }, fp16: {} })
    const file = join(root, 'settings.json')
    writeFileSync(file, JSON.stringify({ train: { copies: ['fp16'], overwrite: true, output: model, json: true } }))
    const argv = ['train', photos, '--model', join(root, 'wide'), '--config', file, '--epochs', '1']
    const { code, stdout } = await dbloss(argv)
    expect(code).toBe(0)
    expect(JSON.parse(stdout).copies).toEqual([expect.objectContaining({ dtype: 'fp16' })])
    expect(Object.keys(copiesOf(model))).toEqual(['fp16'])
  })

  test('without --output is wrong use', async () => {
    const { photos, backbone } = await picturesAndBackbone()
    expect(await dbloss(['train', photos, '--model', backbone, '--copies', 'q8'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('copies are given but the model is not saved'),
    })
  })
})
