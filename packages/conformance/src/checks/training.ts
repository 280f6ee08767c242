import { evaluate, type OptimizerSettings } from '@dbloss/core'
import { expectClose } from '../compare.ts'
import { conformanceStatistics } from '../data.ts'
import { headLogits, headProblem, headStart, referenceGradient, trainInFloat64 } from '../linear-head.ts'
import { lossCases, typicalLoss } from '../losses/all-losses.ts'
import { epsilons } from '../precision.ts'
import type { Check, CheckContext } from '../result.ts'

const STEPS = 20

/**
 * Each step adds a rounding error of a few eps, and the next steps carry it on; on these problems errors stay below 100 eps
 * of the largest weight. Without bias correction, decay or clipping the weights differ by percents.
 */
const TRAJECTORY_FACTOR = 1000

function trajectoryTolerance({ adapter }: CheckContext, expected: Float64Array): number {
  return TRAJECTORY_FACTOR * epsilons[adapter.precision] * Math.max(1, ...expected.map(Math.abs))
}

/** A head trained by the suite with the adapter's gradients, against the reference's trajectory. */
function gradientCheck(name: string): Check {
  return {
    group: 'training',
    name: `${STEPS} steps with the gradients of ${name}`,
    loss: name,
    run: async (context) => {
      const problem = headProblem()
      const { create } = lossCases.find((lossCase) => lossCase.name === name)!
      const loss = create(conformanceStatistics(problem.classCount))
      const optimizer = { kind: 'sgd', learningRate: 0.5 } as const
      const compiled = await context.adapter.compile(loss)
      const { labels, batchSize } = problem
      const head = await trainInFloat64(problem, optimizer, STEPS, async (logits) => {
        return (await compiled.evaluate({ logits, labels, batchSize })).gradient
      })
      await compiled.dispose?.()
      const expected = await trainInFloat64(problem, optimizer, STEPS, referenceGradient(loss, problem))
      expectClose('weights', head.weights, expected.weights, trajectoryTolerance(context, expected.weights))
      expectClose('bias', head.bias, expected.bias, trajectoryTolerance(context, expected.weights))
    },
  }
}

const optimizers: Readonly<Record<string, OptimizerSettings>> = {
  AdamW: { kind: 'adamW', learningRate: 0.05 },
  'AdamW with weight decay': { kind: 'adamW', learningRate: 0.05, weightDecay: 0.2 },
  'AdamW, clipped': { kind: 'adamW', learningRate: 0.05, clipNorm: 0.02, epsilon: 1e-3 },
  SGD: { kind: 'sgd', learningRate: 0.5 },
  'SGD with momentum': { kind: 'sgd', learningRate: 0.2, momentum: 0.9 },
  'SGD with weight decay, clipped': { kind: 'sgd', learningRate: 0.5, weightDecay: 0.1, clipNorm: 0.05 },
}

/** A head trained by the adapter's own optimizer. */
function optimizerCheck([name, optimizer]: [string, OptimizerSettings]): Check {
  return {
    group: 'optimizer',
    name,
    run: async (context) => {
      const { adapter } = context
      if (!adapter.supports.optimizer) return { notSupported: 'the adapter has no optimizer of its own' }
      if (adapter.trainHead === undefined) {
        throw new Error('supports.optimizer is true, but the adapter has no trainHead')
      }
      const problem = headProblem()
      const loss = typicalLoss.create(conformanceStatistics(problem.classCount))
      const training = await adapter.trainHead(loss, headStart(problem, optimizer))
      const { features, labels, batchSize } = problem
      const firstLoss = await training.step({ features, labels, batchSize })
      for (let step = 1; step < STEPS; step++) await training.step({ features, labels, batchSize })
      const { weights, bias } = await training.read()
      await training.dispose?.()
      const { value } = evaluate(loss, { logits: headLogits(problem, problem.start), labels, batchSize })
      expectClose(
        'the loss of the first step',
        [firstLoss],
        [value],
        trajectoryTolerance(context, Float64Array.of(value)),
      )
      const expected = await trainInFloat64(problem, optimizer, STEPS, referenceGradient(loss, problem))
      expectClose('weights', weights, expected.weights, trajectoryTolerance(context, expected.weights))
      expectClose('bias', bias, expected.bias, trajectoryTolerance(context, expected.weights))
    },
  }
}

/** Training, with the adapter's gradients and with its own optimizer. */
export const trainingChecks: readonly Check[] = [
  ...['BCE', 'DB-Focal', 'CB-Focal, average-n'].map(gradientCheck),
  ...Object.entries(optimizers).map(optimizerCheck),
]
