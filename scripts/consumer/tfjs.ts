import { compileWithLoss, distributionBalancedLoss, labelStatistics } from '@dbloss/tfjs'
import * as tf from '@tensorflow/tfjs'

async function main(): Promise<void> {
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] })
  const statistics = labelStatistics([[0], [0, 1], [1], [0]])
  compileWithLoss(model, { loss: distributionBalancedLoss(statistics), optimizer: 'adam' })
  const labels = tf.tensor2d([
    [1, 0],
    [1, 1],
    [0, 1],
    [1, 0],
  ])
  const { history } = await model.fit(tf.randomNormal([4, 3]), labels, { epochs: 1, verbose: 0 })
  if (!Number.isFinite(history.loss?.[0])) throw new Error(`the loss is ${history.loss?.[0]}`)
}

void main()
