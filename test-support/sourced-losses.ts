import {
  CLASSES,
  createRandom,
  DblossError,
  defineLoss,
  divide,
  ELEMENTS,
  type InputSource,
  type InputSourceOptions,
  type Loss,
  less,
  multiply,
  type RandomState,
  type Reduction,
  select,
  softplus,
  subtract,
} from '@dbloss/core'

/** Binary cross-entropy of the elements whose random number, seeded and new in each batch, is above a third. */
export function droppingLoss(reduction: Reduction = 'mean'): Loss {
  return defineLoss({
    name: 'dropping',
    inputs: { uniform: ELEMENTS },
    inputSource: uniformSource,
    reduction,
    formula: ({ logits, labels, inputs }) =>
      select(less(inputs.uniform!, 1 / 3), 0, subtract(softplus(logits), multiply(labels, logits))),
  })
}

/** Binary cross-entropy, divided in each class by 1 and the sum of |z| y over all batches before. */
export function remindingLoss(reduction: Reduction = 'mean'): Loss {
  return defineLoss({
    name: 'reminding',
    inputs: { divisors: CLASSES },
    inputSource: divisorSource,
    reduction,
    formula: ({ logits, labels, inputs }) =>
      divide(subtract(softplus(logits), multiply(labels, logits)), inputs.divisors!),
  })
}

function uniformSource({ classCount, seed = 0 }: InputSourceOptions): InputSource {
  let random = createRandom(seed)
  return {
    inputsFor: ({ batchSize }) => ({
      uniform: Float32Array.from({ length: batchSize * classCount }, () => random.next()),
    }),
    state: () => ({ random: random.state() }),
    restore: (state) => {
      random = createRandom((state as { random: RandomState }).random)
    },
  }
}

function divisorSource({ classCount }: InputSourceOptions): InputSource {
  let sums = new Array<number>(classCount).fill(0)
  return {
    inputsFor: () => ({ divisors: Float32Array.from(sums, (sum) => 1 + sum) }),
    observe: ({ logits, labels }) => {
      for (let at = 0; at < labels.length; at++) {
        if (labels[at]! > 0) sums[at % classCount]! += labels[at]! * Math.abs(logits[at]!)
      }
    },
    state: () => ({ sums: [...sums] }),
    restore: (state) => {
      const { sums: given } = state as { sums?: number[] }
      if (given?.length !== classCount) throw new DblossError('argument', 'the state is not of divisors')
      sums = [...given]
    },
  }
}
