import { DblossError } from '@dbloss/core'
import type { ValueShape } from '../differentiation/shapes.ts'
import type { ModelGraph, ValueInfoProto } from '../onnx/index.ts'

/**
 * The shapes of a model's inputs: the first axis is the batch where the model leaves it open, and every other open axis has
 * the size that `dimensions` gives for its name.
 *
 * @throws DblossError `argument` for an open axis without a size, `model` for inputs without a shape.
 */
export function inputShapesOf(
  { graph, initializers }: ModelGraph,
  dimensions: Readonly<Record<string, number>> = {},
): Record<string, ValueShape> {
  const inputs = graph.input.filter(({ name }) => !initializers.has(name!))
  return Object.fromEntries(inputs.map((info) => [info.name!, shapeOf(info, dimensions)]))
}

function shapeOf({ name, type }: ValueInfoProto, dimensions: Readonly<Record<string, number>>): ValueShape {
  const dims = type?.tensorType?.shape?.dim
  if (dims === undefined) {
    throw new DblossError('model', `the input '${name}' has no shape`, {
      argument: 'model',
      expected: 'inputs with shapes',
    })
  }
  return dims.map(({ dimValue, dimParam = '' }, axis) => {
    if (dimValue !== undefined && dimValue > 0) return dimValue
    if (Object.hasOwn(dimensions, dimParam)) return dimensions[dimParam]!
    if (axis === 0) return { perSample: 1 }
    throw new DblossError(
      'argument',
      `the input '${name}' leaves the size of '${dimParam || `axis ${axis}`}' open; pass it in dimensions`,
      {
        argument: 'dimensions',
        found: dimensions,
        expected: `a size for ${dimParam || `axis ${axis} of ${name}`}`,
      },
    )
  })
}
