import type { ProbedValues } from '../differentiation/probe.ts'
import type { ValueShape } from '../differentiation/shapes.ts'
import { feedTypeOf } from '../feed-types.ts'
import type { ModelGraph } from '../onnx/index.ts'
import type { OrtElementType } from '../ort.ts'
import type { GraphPrecision } from '../precision.ts'
import type { ModelParameter } from './parameters.ts'
import type { Segment } from './segments.ts'
import type { TrainedPart } from './trained-part.ts'

/** Everything that is decided about a training before a step runs. */
export interface TrainingPlan {
  /** The model with float32 in the place of float16, and without the data of large weights that lie in its file. */
  readonly graph: ModelGraph
  /** The name of the logits. */
  readonly output: string
  readonly precision: GraphPrecision
  readonly inputShapes: Readonly<Record<string, ValueShape>>
  readonly trained: readonly ModelParameter[]
  readonly part: TrainedPart
  readonly segments: readonly Segment[]
  readonly probed: ProbedValues
  /** The values that follow from the shapes of the inputs. */
  readonly ofShapes: ReadonlySet<string>
}

/** Values below every trained weight, by how a step gets them. */
export interface FrozenValues {
  /** Inputs of the model that trained nodes read. */
  readonly given: readonly string[]
  /** Computed by the frozen part. */
  readonly computed: readonly string[]
  /** Integers that follow from the batch size alone. */
  readonly sizes: readonly string[]
}

/** Sorts the frozen values of a plan. */
export function frozenValuesOf({ graph, part, probed, ofShapes }: TrainingPlan): FrozenValues {
  const isGiven = (name: string): boolean => !graph.producers.has(name)
  const isSize = (name: string): boolean =>
    ofShapes.has(name) &&
    probed.integersAt.has(name) &&
    probed.values.shape(name).every((size) => typeof size === 'number')
  return {
    given: part.frozen.filter(isGiven),
    computed: part.frozen.filter((name) => !isGiven(name) && !isSize(name)),
    sizes: part.frozen.filter((name) => !isGiven(name) && isSize(name)),
  }
}

/** The element type of a value that is fed to the trained part. */
export function elementTypeOf({ graph, probed, precision }: TrainingPlan, value: string): OrtElementType {
  const input = graph.graph.input.find(({ name }) => name === value)
  return input === undefined || graph.initializers.has(value)
    ? (probed.types.get(value) ?? precision)
    : feedTypeOf(input).type
}
