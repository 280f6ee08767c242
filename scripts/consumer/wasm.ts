import { distributionBalancedLoss, labelStatistics } from '@dbloss/core'
import { compileKernel } from '@dbloss/wasm'

const kernel = compileKernel(distributionBalancedLoss(labelStatistics([[0], [0, 1], [1], [0]])), { labels: 'hard' })
const gradient = new Float32Array(4)
const value = kernel.evaluate(Float32Array.of(2, -1, 0.5, 0), Float32Array.of(1, 0, 1, 1), gradient)
if (!(value > 0) || gradient.every((entry) => entry === 0)) throw new Error(`the kernel gives ${value}`)
