import type { GraphBuilder } from '../../src/index.ts'

/** The size of the first axis, as exporters compute it. Shape [1]. */
export function batchSizeOf(graph: GraphBuilder, value: string): string {
  return graph.node('Slice', [graph.node('Shape', [value]), graph.integers([0]), graph.integers([1])])
}
