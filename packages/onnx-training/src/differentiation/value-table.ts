import { DblossError } from '@dbloss/core'
import { DATA_TYPE, type ModelGraph, tensorData } from '../onnx/index.ts'
import { isLeft } from '../onnx/model-file.ts'
import type { ValueShape } from './shapes.ts'

/** What is known of the values of a graph before a step runs: all shapes, and the integers that decide about gradients. */
export class ValueTable {
  readonly #graph: ModelGraph
  readonly #shapes: ReadonlyMap<string, ValueShape>
  readonly #integers: ReadonlyMap<string, readonly number[]>

  /**
   * @param shapes - of computed values.
   * @param integers - of computed values that are the same for every batch.
   */
  constructor(
    graph: ModelGraph,
    shapes: ReadonlyMap<string, ValueShape>,
    integers: ReadonlyMap<string, readonly number[]> = new Map(),
  ) {
    this.#graph = graph
    this.#shapes = shapes
    this.#integers = integers
  }

  /** @throws DblossError `model` for a value whose shape is not known. */
  shape(name: string): ValueShape {
    const shape = this.#shapes.get(name) ?? this.#graph.initializers.get(name)?.dims
    if (shape !== undefined) return shape
    throw new DblossError('model', `the shape of '${name}' is not known`, { argument: 'model', found: name })
  }

  /** The numbers of an initializer or a `Constant`; nothing for computed values, for float16, and for data left in a file. */
  constantNumbers(name: string): readonly number[] | undefined {
    const tensor = this.#graph.initializers.get(name) ?? constantTensor(this.#graph, name)
    if (tensor === undefined || tensor.dataType === DATA_TYPE.float16 || isLeft(tensor)) return undefined
    return Array.from(tensorData(tensor), Number)
  }

  /**
   * The integers of a value.
   *
   * @throws DblossError `model` for a value that depends on the batch.
   */
  integers(name: string): number[] {
    const known = this.#integers.get(name) ?? this.constantNumbers(name)
    if (known !== undefined) return [...known]
    const expected = 'a value that is the same for every batch'
    throw new DblossError(
      'model',
      `'${name}' decides how a gradient is written but depends on the batch; expected ${expected}`,
      {
        argument: 'model',
        found: name,
        expected,
      },
    )
  }
}

/** The tensor of a `Constant` node. */
function constantTensor({ producers }: ModelGraph, name: string) {
  const node = producers.get(name)
  return node?.opType === 'Constant' ? node.attribute.find((attribute) => attribute.name === 'value')?.t : undefined
}
