import { DblossError } from '@dbloss/core'
import { DATA_TYPE, type ElementTypeName, GraphBuilder, type ModelGraph, type ValueInfoProto } from '../onnx/index.ts'
import type { Ort, OrtData, OrtElementType, OrtSession, OrtSessionOptions, OrtTensor } from '../ort.ts'
import type { AxisSize, ValueShape } from './shapes.ts'
import { ValueTable } from './value-table.ts'

/** What {@link probeValues} needs. */
export interface ProbeOptions {
  readonly ort: Ort
  readonly graph: ModelGraph
  /** The shapes of the model's inputs. */
  readonly inputShapes: Readonly<Record<string, ValueShape>>
  /** Computed values whose shapes are asked for. */
  readonly values: readonly string[]
  /** Computed integer values that are asked for where they are the same for every batch. */
  readonly integers?: readonly string[]
  readonly sessionOptions?: OrtSessionOptions | undefined
}

/** Two different sizes tell which axes grow with the batch. */
const BATCH_SIZES = [2, 3] as const

/**
 * Finds the shapes of values by running the model on zeros at two batch sizes: whatever the runtime can run has shapes, and
 * no shape inference of our own can disagree with it.
 */
export async function probeValues(options: ProbeOptions): Promise<ValueTable> {
  const { ort, graph, inputShapes, values, integers = [], sessionOptions } = options
  const session = await ort.InferenceSession.create(probeModel(options), sessionOptions)
  try {
    const grows = Object.values(inputShapes).some((shape) => shape.some((size) => typeof size !== 'number'))
    const runs: Record<string, readonly number[]>[] = []
    for (const batchSize of grows ? BATCH_SIZES : [1]) runs.push(await run(session, options, batchSize))
    const [first, second = first] = runs as [Record<string, readonly number[]>, Record<string, readonly number[]>?]
    const shapes = new Map<string, ValueShape>(Object.entries(inputShapes))
    values.forEach((name, index) => {
      const shape = generalShape(first[shapeOutput(index)]!, second[shapeOutput(index)]!)
      if (shape !== undefined) shapes.set(name, shape)
    })
    const settled = new Map<string, readonly number[]>()
    integers.forEach((name, index) => {
      const [one, other] = [first[integerOutput(index)]!, second[integerOutput(index)]!]
      if (one.join() === other.join()) settled.set(name, one)
    })
    return new ValueTable(graph, shapes, settled)
  } finally {
    await session.release?.()
  }

  async function run(session: OrtSession, { graph: { graph } }: ProbeOptions, batchSize: number) {
    const feeds = graph.input
      .filter(({ name }) => session.inputNames.includes(name!))
      .map((info) => [info.name!, zeros(ort, info, sizesAt(inputShapes[info.name!]!, batchSize))] as const)
    const outputs = await session.run(Object.fromEntries(feeds))
    return Object.fromEntries(
      Object.entries(outputs).map(([name, { data }]) => [name, Array.from(data as BigInt64Array, Number)]),
    )
  }
}

const shapeOutput = (index: number): string => `probe/shape/${index}`
const integerOutput = (index: number): string => `probe/integers/${index}`

/** The part of the model that computes the values, with their shapes as its outputs. */
function probeModel({ graph, values, integers = [] }: ProbeOptions): Uint8Array {
  const { opset, model } = graph
  const builder = new GraphBuilder('probe', {
    opset,
    irVersion: model.irVersion ?? 8,
    furtherOpsets: model.opsetImport.filter(({ domain = '' }) => domain !== '' && domain !== 'ai.onnx'),
  })
  const node = graph.nodesBehind([...values, ...integers])
  const read = new Set(node.flatMap(({ input }) => input))
  builder.adopt({ node, initializer: graph.graph.initializer.filter(({ name }) => read.has(name!)) })
  for (const info of graph.graph.input) if (read.has(info.name!)) builder.declareInput(info)
  values.forEach((value, index) => {
    builder.output(shapeOutput(index), builder.node('Shape', [value]), 'int64')
  })
  integers.forEach((value, index) => {
    builder.output(integerOutput(index), builder.node('Cast', [value], { to: DATA_TYPE.int64 }), 'int64')
  })
  return builder.toBytes()
}

/** The shape for every batch size from those at two; nothing where an axis neither stays nor grows with the batch. */
function generalShape(first: readonly number[], second: readonly number[]): ValueShape | undefined {
  const sizes = first.map((size, axis): AxisSize | undefined => {
    const other = second[axis]!
    if (size === other) return size
    const perSample = size / BATCH_SIZES[0]
    return perSample === other / BATCH_SIZES[1] ? { perSample } : undefined
  })
  return sizes.every((size) => size !== undefined) ? sizes : undefined
}

/** A shape at one batch size. */
export function sizesAt(shape: ValueShape, batchSize: number): number[] {
  return shape.map((size) => (typeof size === 'number' ? size : size.perSample * batchSize))
}

const zeroData: Readonly<Partial<Record<ElementTypeName, [OrtElementType, (length: number) => OrtData]>>> = {
  float: ['float32', (length) => new Float32Array(length)],
  double: ['float64', (length) => new Float64Array(length)],
  float16: ['float16', (length) => new Uint16Array(length)],
  int64: ['int64', (length) => new BigInt64Array(length)],
  int32: ['int32', (length) => new Int32Array(length)],
  uint8: ['uint8', (length) => new Uint8Array(length)],
  bool: ['bool', (length) => new Uint8Array(length)],
}

function zeros(ort: Ort, { name, type }: ValueInfoProto, dims: readonly number[]): OrtTensor {
  const elementType = elementTypeName(type?.tensorType?.elemType)
  const known = elementType === undefined ? undefined : zeroData[elementType]
  if (known === undefined) {
    throw new DblossError('model', `the input '${name}' has the element type ${elementType ?? 'of no tensor'}`, {
      argument: 'model',
      found: elementType,
      expected: `one of ${Object.keys(zeroData).join(', ')}`,
    })
  }
  const [ortType, create] = known
  return new ort.Tensor(ortType, create(dims.reduce((product, size) => product * size, 1)), dims)
}

/** The name of an element type by its number in the format. */
export function elementTypeName(number: number | undefined): ElementTypeName | undefined {
  return (Object.keys(DATA_TYPE) as ElementTypeName[]).find((name) => DATA_TYPE[name] === number)
}
