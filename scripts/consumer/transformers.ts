import { binaryCrossEntropy } from '@dbloss/core'
import { applyHead, fromIterable, trainHead, transformersRuntime } from '@dbloss/transformers'

async function main(): Promise<void> {
  const dataset = await fromIterable([{ image: 'beach.jpg', labels: ['sea', 'sunset'] }])
  const { head } = await trainHead({
    ort: await transformersRuntime(),
    loss: binaryCrossEntropy(),
    features: Float32Array.of(1, 0, 0, 1),
    labels: [[0], [1]],
    classCount: dataset.classNames.length,
    epochs: 2,
  })
  const logits = applyHead(head, Float32Array.of(1, 0))
  if (!(logits[0]! > logits[1]!)) throw new Error(`the logits are ${logits}`)
}

void main()
