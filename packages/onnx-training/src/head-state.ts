import { DblossError } from '@dbloss/core'
import { elementCount } from './element-count.ts'
import type { HeadTrainerOptions, HeadTrainerState } from './head-trainer.ts'
import type { StateTensor } from './optimizer-graph.ts'

/** The start of every state tensor: zeros, but for given parameters. */
export function initialState(
  stateTensors: readonly StateTensor[],
  initial: HeadTrainerOptions['initial'],
): HeadTrainerState {
  const tensors = Object.fromEntries(
    stateTensors.map(({ name, shape }) => {
      const length = elementCount(shape)
      const given = name === 'weights' ? initial?.weights : name === 'bias' ? initial?.bias : undefined
      if (given !== undefined) checkLength(`initial.${name}`, given, length)
      return [name, given === undefined ? new Float64Array(length) : Float64Array.from(given)]
    }),
  )
  return { step: 0, tensors }
}

/** @throws DblossError `shape` for missing values or another number of them. */
export function checkLength(argument: string, values: ArrayLike<number> | undefined, length: number): void {
  if (values?.length === length) return
  throw new DblossError('shape', `${argument} has ${values?.length ?? 'no'} values; expected ${length}`, {
    argument,
    found: values?.length,
    expected: `${length} values`,
  })
}
