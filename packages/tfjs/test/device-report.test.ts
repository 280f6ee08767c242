import { distributionBalancedLoss } from '@dbloss/core'
import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { deviceReport, differentiableLoss } from '../src/index.ts'
import { describeBackends } from './support/backends.ts'
import { classCount, labels, sampleCount, statistics } from './support/problem.ts'

describeBackends('the report of the device', (backend) => {
  test('names the backend and counts the kernels, all of them on the device', async () => {
    await tf.setBackend(backend)
    const loss = differentiableLoss(distributionBalancedLoss(statistics))
    const [y, z] = [tf.tensor2d(labels, [sampleCount, classCount]), tf.zeros([sampleCount, classCount])]
    const before = tf.memory().numTensors
    const report = await deviceReport(() => tf.grad((x) => loss(y, x))(z))
    const isFused = backend !== 'webgpu'
    expect(report).toMatchObject({ backend, onCpu: 0, fused: isFused ? 1 : 0 })
    expect(report.kernels).toBeGreaterThan(isFused ? 0 : 10)
    const inFused = isFused ? '1 loss in a fused kernel, and ' : ''
    expect(report.summary).toContain(`: ${inFused}${report.kernels} kernels, all on the device`)
    expect(report.summary).not.toContain('no fused kernel')
    loss.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })
  test.runIf(backend === 'webgpu')('says when small tensors went to the CPU', async () => {
    await tf.setBackend(backend)
    tf.env().set('WEBGPU_CPU_FORWARD', true)
    try {
      const { onCpu, kernels, summary } = await deviceReport(() => tf.add(tf.tensor1d([1, 2]), tf.tensor1d([3, 4])))
      expect({ onCpu, kernels }).toEqual({ onCpu: 1, kernels: 1 })
      expect(summary).toMatch(/^webgpu.*: 1 kernels, 1 of them on the CPU, because their tensors are small$/)
    } finally {
      tf.env().set('WEBGPU_CPU_FORWARD', false)
    }
  })
})
