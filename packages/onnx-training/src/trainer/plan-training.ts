import { checkNumber, DblossError } from '@dbloss/core'
import { isDifferentiable, ruleOf } from '../differentiation/operators/index.ts'
import { probeValues } from '../differentiation/probe.ts'
import { checkModel, DATA_TYPE, ModelGraph, tensorData } from '../onnx/index.ts'
import type { GraphPrecision } from '../precision.ts'
import { inFloat32 } from './half-precision.ts'
import { inputShapesOf } from './model-inputs.ts'
import type { ModelSource } from './model-source.ts'
import type { ModelParameter } from './parameters.ts'
import { segmentsOf } from './segments.ts'
import { selectParameters } from './trainable.ts'
import { type TrainedPart, trainedPartOf } from './trained-part.ts'
import type { TrainerOptions } from './trainer.ts'
import type { TrainingPlan } from './training-plan.ts'
import { valuesOfShapes } from './values-of-shapes.ts'

/** The weights of a model before it is trained, by initializer. */
export type StartWeights = ReadonlyMap<string, Float32Array | Float64Array>

/** Finds out everything about a training that can be known before a step: what is trained, and all shapes. */
export async function planTraining(
  source: ModelSource,
  options: Omit<TrainerOptions, 'model'>,
): Promise<{ readonly plan: TrainingPlan; readonly startWeights: StartWeights }> {
  const { ort, dimensions, recomputedStretches = 1, sessionOptions } = options
  checkNumber('recomputedStretches', recomputedStretches, { integer: true, minimum: 1 })
  const { graph, output, trained, precision, startWeights } = readModel(source, options)
  await source.leaveData()
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
  const plan = { graph, output, precision, inputShapes, trained, part, segments, probed, ofShapes }
  return { plan, startWeights }
}

/** Checks the model, and takes what is needed of its data. */
function readModel(source: ModelSource, options: Omit<TrainerOptions, 'model'>) {
  const whole = checkModel(inFloat32(source.original))
  const output = outputOf(whole, options.output)
  const trained = selectParameters(whole, options.trainable)
  const precision = precisionOf(whole, trained)
  const startWeights = new Map(
    trained.map(({ initializer }) => {
      const values = tensorData(whole.initializers.get(initializer)!) as Float32Array | Float64Array
      return [initializer, values] as const
    }),
  )
  return { graph: new ModelGraph(source.withoutData(whole.model)), output, trained, precision, startWeights }
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
