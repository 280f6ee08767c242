import { checkNumber, DblossError } from '@dbloss/core'
import { isDifferentiable, ruleOf } from '../differentiation/operators/index.ts'
import { probeValues } from '../differentiation/probe.ts'
import { checkModel, DATA_TYPE, type ModelGraph, type ModelProto } from '../onnx/index.ts'
import type { GraphPrecision } from '../precision.ts'
import { inFloat32 } from './half-precision.ts'
import { inputShapesOf } from './model-inputs.ts'
import type { ModelParameter } from './parameters.ts'
import { segmentsOf } from './segments.ts'
import { selectParameters } from './trainable.ts'
import { type TrainedPart, trainedPartOf } from './trained-part.ts'
import type { TrainerOptions } from './trainer.ts'
import type { TrainingPlan } from './training-plan.ts'
import { untieWeights } from './untie.ts'
import { valuesOfShapes } from './values-of-shapes.ts'

/** Finds out everything about a training that can be known before a step: what is trained, and all shapes. */
export async function planTraining(model: ModelProto, options: Omit<TrainerOptions, 'model'>): Promise<TrainingPlan> {
  const { ort, trainable, dimensions, recomputedStretches = 1, sessionOptions } = options
  checkNumber('recomputedStretches', recomputedStretches, { integer: true, minimum: 1 })
  const original = untieWeights(model)
  const graph = checkModel(inFloat32(original))
  const output = outputOf(graph, options.output)
  const trained = selectParameters(graph, trainable)
  const precision = precisionOf(graph, trained)
  const names = trained.map(({ initializer }) => initializer)
  const part = trainedPartOf(graph, output, names)
  const inputShapes = inputShapesOf(graph, dimensions)
  const ofShapes = valuesOfShapes(graph)
  const computed = (values: readonly string[]): string[] => values.filter((value) => graph.producers.has(value))
  const probed = await probeValues({
    ort,
    graph,
    inputShapes,
    values: computed([...new Set(part.nodes.flatMap((node) => [...node.input, ...node.output]))]),
    read: computed([...new Set([...part.frozen, ...settledInputs(part).filter((value) => ofShapes.has(value))])]),
    sessionOptions,
  })
  const segments = segmentsOf(part, { output, trained: names, count: recomputedStretches })
  return { original, graph, output, precision, inputShapes, trained, part, segments, probed, ofShapes }
}

/** The integers that decide how gradients are written. */
function settledInputs({ nodes, active }: TrainedPart): string[] {
  const isActive = (value: string): boolean => active.has(value)
  return nodes
    .filter((node) => isDifferentiable(node) && node.input.some(isActive))
    .flatMap((node) => (ruleOf(node).settledInputs ?? []).map((index) => node.input[index] ?? ''))
}

function outputOf({ graph }: ModelGraph, wanted: string | undefined): string {
  const names = graph.output.map(({ name }) => name!)
  const found = wanted ?? (names.includes('logits') ? 'logits' : names.length === 1 ? names[0]! : undefined)
  if (found !== undefined && names.includes(found)) return found
  throw new DblossError('argument', `output is ${wanted ?? 'not given'}; the model has ${names.join(', ')}`, {
    argument: 'output',
    found: wanted,
    expected: `one of ${names.join(', ')}`,
  })
}

function precisionOf({ initializers }: ModelGraph, trained: readonly ModelParameter[]): GraphPrecision {
  const types = new Set(trained.map(({ initializer }) => initializers.get(initializer)!.dataType))
  if (types.size === 1) return types.has(DATA_TYPE.double) ? 'float64' : 'float32'
  throw new DblossError('model', 'some of the trained weights are float32 and some float64; expected one of them', {
    argument: 'trainable',
    expected: 'weights of one element type',
  })
}
