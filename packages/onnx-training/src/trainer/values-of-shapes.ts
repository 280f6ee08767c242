import { type ModelGraph, valuesRead } from '../onnx/index.ts'

/** Operators that read nothing of a value but its shape. */
const shapeOperators: ReadonlySet<string> = new Set(['Shape', 'Size'])

/** The values that follow from the shapes of the model's inputs, whatever the inputs hold: they are known before a step runs. */
export function valuesOfShapes({ graph, initializers }: ModelGraph): ReadonlySet<string> {
  const known = new Set(initializers.keys())
  for (const node of graph.node) {
    if (shapeOperators.has(node.opType ?? '') || valuesRead(node).every((value) => known.has(value))) {
      for (const value of node.output) known.add(value)
    }
  }
  return known
}
