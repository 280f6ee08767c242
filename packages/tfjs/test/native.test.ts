import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { conformance } from '@dbloss/conformance'
import {
  defineLoss,
  expm1,
  type Loss,
  log,
  max,
  minimum,
  multiply,
  namedLosses,
  power,
  shapeOf,
  sum,
} from '@dbloss/core'
import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { describeTarget } from '../../../test-support/describe-target.ts'
import { differentiableLoss, tfjsAdapter } from '../src/index.ts'
import { classCount, labels, sampleCount, statistics } from './support/problem.ts'

/** Loads tfjs-node-gpu or tfjs-node, whichever has its binary here. */
async function missingNative(): Promise<string | undefined> {
  const reasons: string[] = []
  for (const name of ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node']) {
    try {
      await import(name)
      return undefined
    } catch (error) {
      reasons.push(`${name}: ${String(error).split('\n')[0]}`)
    }
  }
  return reasons.join('; ')
}

const missing = await missingNative()

describeTarget('TensorFlow.js in Node, native', 'native', missing, () => {
  conformance({
    describe,
    test,
    adapter: () => tfjsAdapter({ backend: 'tensorflow' }),
    liveObjects: () => tf.memory().numTensors,
  })
})

/** The kernels that a package of TensorFlow.js registers, by its files; loading it would need its binary. */
function kernelsOf(packageName: string): Set<string> {
  const root = dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`))
  const folder = join(root, 'dist/kernels')
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.js'))
    .flatMap((file) => [...readFileSync(join(folder, file), 'utf8').matchAll(/kernelName: tfjs_1\.(\w+)/g)])
  return new Set(names.map(([, name]) => name!))
}

describe('every kernel that the losses use is in tfjs-node', async () => {
  await tf.setBackend('cpu')
  // Without fused kernels cpu runs the operations that native backends run.
  beforeAll(() => void vi.stubGlobal('WebAssembly', undefined))
  afterAll(() => void vi.unstubAllGlobals())
  const everyPrimitive = defineLoss({
    name: 'every primitive that no named loss has',
    formula: ({ logits: z }) =>
      multiply(
        expm1(minimum(z, 1)),
        log(multiply(max(power(multiply(z, z), 1.5), 'classes'), sum(power(multiply(z, z), 0.5), 'batch'))),
      ),
  })
  const losses = [...Object.values(namedLosses).map(({ create }) => create(statistics)), everyPrimitive]
  const available = kernelsOf('@tensorflow/tfjs-node')

  /** The random numbers or running statistics that a loss reads. */
  const furtherInputs = ({ inputs, inputSource }: Loss): Record<string, tf.Tensor> => {
    const made = inputSource?.({ classCount }).inputsFor({ labels, batchSize: sampleCount }) ?? {}
    return Object.fromEntries(
      Object.entries(made).map(([name, values]) => [
        name,
        tf.tensor2d(values, shapeOf(inputs[name]!, sampleCount, classCount)),
      ]),
    )
  }

  test.each(losses.map((loss) => [loss.name, loss] as const))('%s', async (_, loss) => {
    for (const output of (['value', 'rows', 'elements'] as const).filter((name) => loss[name] !== undefined)) {
      const apply = differentiableLoss(loss, { output })
      const inputs = furtherInputs(loss)
      const y = tf.tensor2d(labels, [sampleCount, classCount], 'int32')
      const { kernelNames } = await tf.profile(() =>
        tf.grad((z) => apply(y, z, inputs) as tf.Tensor)(tf.ones([sampleCount, classCount])),
      )
      // What TensorFlow.js calls a customGrad, in either direction.
      const used = [...new Set(kernelNames)].filter((name) => name !== 'forward' && name !== 'backward')
      expect(used.length).toBeGreaterThan(5)
      expect(used.filter((name) => !available.has(name))).toEqual([])
    }
  })
})
