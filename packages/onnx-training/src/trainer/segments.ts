import type { ModelGraph, NodeProto } from '../onnx/index.ts'
import { valuesRead } from '../onnx/index.ts'
import type { TrainedPart } from './trained-part.ts'

/** A stretch of the trained part that is differentiated in one graph. */
export interface Segment {
  /** Its nodes, in order. */
  readonly nodes: readonly NodeProto[]
  /** The value that the stretch before hands on; nothing for the first. */
  readonly carriedIn: string | undefined
  /** The value that it hands on: for the last one the model's output. */
  readonly carriedOut: string
  /** Values below every trained weight that it reads. */
  readonly frozen: readonly string[]
  /** The trained initializers that it reads. */
  readonly parameters: readonly string[]
}

/**
 * Cuts the trained part into stretches of about the same number of nodes, at values through which everything goes that comes
 * before them. No weight is read by two stretches.
 *
 * @param count - how many at the most.
 */
export function segmentsOf(
  { nodes, frozen }: TrainedPart,
  { output, trained, count }: { readonly output: string; readonly trained: readonly string[]; readonly count: number },
): Segment[] {
  const cuts = chooseCuts(nodes, count, new Set(trained))
  const bounds = [0, ...cuts.map(({ end }) => end), nodes.length]
  const isTrained = new Set(trained)
  const isFrozen = new Set(frozen)
  return bounds.slice(1).map((end, index): Segment => {
    const own = nodes.slice(bounds[index], end)
    const read = new Set(own.flatMap(valuesRead))
    return {
      nodes: own,
      carriedIn: cuts[index - 1]?.value,
      carriedOut: cuts[index]?.value ?? output,
      frozen: [...read].filter((value) => isFrozen.has(value)),
      parameters: [...read].filter((value) => isTrained.has(value)),
    }
  })
}

interface Cut {
  /** The number of nodes before it. */
  readonly end: number
  /** The only value that later nodes read of earlier ones. */
  readonly value: string
}

function chooseCuts(nodes: readonly NodeProto[], count: number, trained: ReadonlySet<string>): Cut[] {
  const possible = possibleCuts(nodes, trained)
  const chosen: Cut[] = []
  for (let part = 1; part < count; part++) {
    const wanted = (part * nodes.length) / count
    const later = possible.filter(({ end }) => end > (chosen.at(-1)?.end ?? 0))
    if (later.length === 0) break
    chosen.push(later.reduce((best, cut) => (Math.abs(cut.end - wanted) < Math.abs(best.end - wanted) ? cut : best)))
  }
  return chosen
}

/** Places where one value alone goes from the nodes before to the nodes after, and no trained weight is read on both sides. */
function possibleCuts(nodes: readonly NodeProto[], trained: ReadonlySet<string>): Cut[] {
  const made = new Set(nodes.flatMap(({ output }) => output))
  const lastRead = new Map<string, number>()
  nodes.forEach((node, index) => {
    for (const value of valuesRead(node)) if (made.has(value) || trained.has(value)) lastRead.set(value, index)
  })
  const open = new Set<string>()
  const cuts: Cut[] = []
  nodes.forEach((node, index) => {
    for (const value of [...valuesRead(node), ...node.output]) {
      if ((lastRead.get(value) ?? -1) > index) open.add(value)
      else open.delete(value)
    }
    const [value] = open
    if (open.size === 1 && made.has(value!) && index + 1 < nodes.length) cuts.push({ end: index + 1, value: value! })
  })
  return cuts
}

/** The nodes behind a stretch that depend on no input: they run in each stretch that reads them. */
export function constantsOf(graph: ModelGraph, { constantNodes }: TrainedPart, { nodes }: Segment): NodeProto[] {
  const isConstant = new Set(constantNodes)
  return graph.nodesBehind(nodes.flatMap(valuesRead)).filter((node) => isConstant.has(node))
}
