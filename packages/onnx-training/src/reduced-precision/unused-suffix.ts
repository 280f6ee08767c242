import type { GraphProto } from '../onnx/index.ts'
import { graphsOf } from '../onnx/walk-graphs.ts'

/** A suffix by which no value of a graph, nor of its branches and bodies, ends: names with it are new. */
export function unusedSuffix(graph: GraphProto, wanted: string): string {
  let suffix = wanted
  while (hasNameEndingIn(graph, suffix)) suffix += '_'
  return suffix
}

function hasNameEndingIn(graph: GraphProto, suffix: string): boolean {
  for (const { node, initializer, input } of graphsOf(graph)) {
    if ([...initializer, ...input].some(({ name = '' }) => name.endsWith(suffix))) return true
    if (node.some(({ output }) => output.some((name) => name.endsWith(suffix)))) return true
  }
  return false
}
