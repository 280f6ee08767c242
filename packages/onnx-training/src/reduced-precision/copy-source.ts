import { DblossError } from '@dbloss/core'
import { checkModel, describeNode, graphOf, type ModelProto } from '../onnx/index.ts'
import { graphsOf } from '../onnx/walk-graphs.ts'
import { inFloat32 } from '../trainer/half-precision.ts'
import { untieWeights } from '../trainer/untie.ts'

/** Operators of integers in the place of floats: those of ONNX, and those that ONNX Runtime writes. */
const quantisedOperators = /[Qq]uantize|QLinear|Integer|NBits|Bnb4|^Q[A-Z]/

/**
 * A model as copies in other precisions are made of it: in float32, every weight an initializer of its own.
 *
 * @throws DblossError `model` as {@link checkModel}, and for a model that is quantised already.
 */
export function copySource(model: ModelProto): ModelProto {
  checkModel(model)
  for (const { node } of graphsOf(graphOf(model))) {
    const quantised = node.find(({ opType = '' }) => quantisedOperators.test(opType))
    if (quantised === undefined) continue
    const found = `the model is quantised already: it has ${describeNode(quantised)}`
    const expected = 'a model in float32 or float16'
    throw new DblossError('model', `${found}; expected ${expected}`, { argument: 'model', found, expected })
  }
  return inFloat32(untieWeights(model))
}
