import {
  type Adapter,
  type CompiledLoss,
  evaluate,
  type HeadStart,
  type HeadTraining,
  type Loss,
  type Precision,
} from '@dbloss/core'
import { type HeadProblem, type HeadWeights, headLogits, referenceGradient, trainInFloat64 } from './linear-head.ts'
import { rounding } from './precision.ts'

/** The reference as an adapter: float64, or each primitive rounded to a lower precision. For tests of the suite itself. */
export function referenceAdapter(precision: Precision = 'float64'): Adapter {
  return {
    name: `reference-${precision}`,
    precision,
    supports: { elements: true, optimizer: true },
    async compile(loss: Loss): Promise<CompiledLoss> {
      return { evaluate: async (batch) => evaluate(loss, batch, { round: rounding[precision] }) }
    },
    trainHead,
  }
}

/** Trains by going through all steps anew at each read: slow, and without a state that could be wrong. */
async function trainHead(loss: Loss, start: HeadStart): Promise<HeadTraining> {
  const { optimizer, weights, bias, featureCount, classCount } = start
  const origin = { weights: Float64Array.from(weights), bias: Float64Array.from(bias) }
  let steps = 0
  let problem: HeadProblem | undefined
  const read = async (): Promise<HeadWeights> =>
    problem === undefined ? origin : trainInFloat64(problem, optimizer, steps, referenceGradient(loss, problem))
  return {
    async step(batch) {
      problem = { ...batch, featureCount, classCount, start: origin }
      const logits = headLogits(problem, await read())
      steps++
      return evaluate(loss, { logits, labels: batch.labels, batchSize: batch.batchSize }).value
    },
    read,
  }
}
