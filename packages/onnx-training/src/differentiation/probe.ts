import { elementCount } from '../element-count.ts'
import { feedTypeOf } from '../feed-types.ts'
import { GraphBuilder, type ModelGraph } from '../onnx/index.ts'
import type { Ort, OrtElementType, OrtSession, OrtSessionOptions, OrtTensor } from '../ort.ts'
import { withSessionEntry } from '../session-entries.ts'
import { type AxisSize, sizesAt, type ValueShape } from './shapes.ts'
import { ValueTable } from './value-table.ts'

/** What {@link probeValues} needs. */
export interface ProbeOptions {
  readonly ort: Ort
  readonly graph: ModelGraph
  /** The shapes of the model's inputs. */
  readonly inputShapes: Readonly<Record<string, ValueShape>>
  /** Computed values whose shapes are asked for. */
  readonly values: readonly string[]
  /** Computed values that are read: their element types, and their content where it is integers. Default: none. */
  readonly read?: readonly string[]
  readonly sessionOptions?: OrtSessionOptions | undefined
}

/** What a probe finds. */
export interface ProbedValues {
  readonly values: ValueTable
  /** Of the values that were read. */
  readonly types: ReadonlyMap<string, OrtElementType>
  /** Integers that were read and grow linearly with the batch, as sizes do, for any batch size. */
  readonly integersAt: ReadonlyMap<string, (batchSize: number) => readonly number[]>
}

/** Two different sizes tell which axes grow with the batch. */
const BATCH_SIZES = [2, 3] as const

/**
 * Finds the shapes of values by running the model at two batch sizes: whatever the runtime can run has shapes, and no shape
 * inference of our own can disagree with it. A run on other inputs tells integers that follow from the sizes alone from those
 * that follow from the data.
 *
 * @throws DblossError `model` for an input of an element type that cannot be fed.
 */
export async function probeValues(options: ProbeOptions): Promise<ProbedValues> {
  const { ort, graph, values, read = [], sessionOptions } = options
  const session = await ort.InferenceSession.create(probeModel(options), unprepared(sessionOptions))
  try {
    const run = (batchSize: number, fill: 0 | 1) => session.run(probeFeeds(options, session, batchSize, fill))
    const [first, second, filled] = [
      await run(BATCH_SIZES[0], 0),
      await run(BATCH_SIZES[1], 0),
      await run(BATCH_SIZES[0], 1),
    ]
    const shapes = new Map<string, ValueShape>(Object.entries(options.inputShapes))
    values.forEach((name, index) => {
      const shape = generalShape(integersOf(first[shapeOutput(index)]!), integersOf(second[shapeOutput(index)]!))
      if (shape !== undefined) shapes.set(name, shape)
    })
    const types = new Map(read.map((name) => [name, first[name]!.type as OrtElementType]))
    const integersAt = new Map<string, (batchSize: number) => readonly number[]>()
    for (const name of read.filter((each) => types.get(each) === 'int64' || types.get(each) === 'int32')) {
      const [one, other] = [integersOf(first[name]!), integersOf(second[name]!)]
      if (one.length !== other.length || one.join() !== integersOf(filled[name]!).join()) continue
      integersAt.set(name, (batchSize) =>
        one.map((value, index) => value + (other[index]! - value) * (batchSize - BATCH_SIZES[0])),
      )
    }
    const settled = [...integersAt].flatMap(([name, at]) =>
      at(2).join() === at(3).join() ? [[name, at(2)] as const] : [],
    )
    return { values: new ValueTable(graph, shapes, new Map(settled)), types, integersAt }
  } finally {
    await session.release?.()
  }
}

/** Options for a session that runs three times on little: optimized and packed weights would only be more copies of them. */
function unprepared(options: OrtSessionOptions = {}): OrtSessionOptions {
  const plain = { ...options, graphOptimizationLevel: 'disabled', enableMemPattern: false }
  return withSessionEntry(plain, 'disable_prepacking', '1')
}

const shapeOutput = (index: number): string => `probe/shape/${index}`

/** The part of the model that computes the values, with their shapes as its outputs. */
function probeModel({ graph, values, read = [] }: ProbeOptions): Uint8Array {
  const builder = GraphBuilder.like('probe', graph.model)
  builder.adoptPart(graph, graph.nodesBehind([...values, ...read]))
  values.forEach((value, index) => {
    builder.output(shapeOutput(index), builder.node('Shape', [value]), 'int64')
  })
  for (const value of read) builder.expose(value)
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

function integersOf({ data }: OrtTensor): number[] {
  return Array.from(data as BigInt64Array | Int32Array, Number)
}

/** Inputs of zeros or ones. */
function probeFeeds(
  { ort, graph: { graph }, inputShapes }: ProbeOptions,
  { inputNames }: OrtSession,
  batchSize: number,
  fill: 0 | 1,
): Readonly<Record<string, OrtTensor>> {
  const infos = graph.input.filter(({ name }) => inputNames.includes(name!))
  return Object.fromEntries(
    infos.map((info) => {
      const { type, create } = feedTypeOf(info)
      const dims = sizesAt(inputShapes[info.name!]!, batchSize)
      const data = create(elementCount(dims))
      if (data instanceof BigInt64Array) data.fill(BigInt(fill))
      else data.fill(fill)
      return [info.name, new ort.Tensor(type, data, dims)]
    }),
  )
}
