import { DblossError } from '@dbloss/core'
import {
  type AttributeProto,
  DATA_TYPE,
  describeNode,
  type GraphProto,
  isStandardDomain,
  type NodeProto,
} from '../onnx/index.ts'

/** Operators whose results are integers or booleans. */
const countsAndComparisons = new Set([
  ...['Shape', 'Size', 'NonZero', 'ArgMax', 'ArgMin', 'NonMaxSuppression'],
  ...['Equal', 'Less', 'LessOrEqual', 'Greater', 'GreaterOrEqual', 'IsNaN', 'IsInf', 'Not', 'And', 'Or', 'Xor'],
])

/** Operators whose results after the first are integers or booleans. */
const withIndices = new Set(['TopK', 'MaxPool', 'Dropout', 'Unique'])

/** Which input has the type of the result, where it is not the first. */
const typeGivingInput: Readonly<Record<string, number>> = { Where: 1, CastLike: 1, OneHot: 2 }

/** The attribute that tells the type of the result. */
const typeGivingAttribute: Readonly<Record<string, string>> = {
  Cast: 'to',
  ConstantOfShape: 'value',
  Constant: 'value',
  EyeLike: 'dtype',
  RandomNormal: 'dtype',
  RandomUniform: 'dtype',
}

/** How many of the outputs of its body an operator does not hand on. */
const conditionOutputs: Readonly<Record<string, number>> = { If: 0, Loop: 1, Scan: 0 }

/**
 * The names of the values of a graph that are float32, without those inside branches and loop bodies. The types of operators
 * follow from the definitions of ONNX; operators of other domains are taken to give the type of their first input.
 *
 * @throws DblossError `model` for a branch or body whose outputs have no types.
 */
export function float32Values({ node, input, initializer }: GraphProto): ReadonlySet<string> {
  const isFloat = (type: number | undefined) => type === DATA_TYPE.float
  const floats = new Set([
    ...initializer.filter(({ dataType }) => isFloat(dataType)).map(({ name = '' }) => name),
    ...input.filter(({ type }) => isFloat(type?.tensorType?.elemType)).map(({ name = '' }) => name),
  ])
  for (const each of node) {
    each.output.forEach((name, index) => {
      if (name !== '' && givesFloat(each, index, floats)) floats.add(name)
    })
  }
  return floats
}

function givesFloat(node: NodeProto, output: number, floats: ReadonlySet<string>): boolean {
  const { opType = '', domain, attribute, input } = node
  if (!isStandardDomain(domain)) return floats.has(input[0] ?? '')
  if (countsAndComparisons.has(opType) || (output > 0 && withIndices.has(opType))) return false
  if (opType in conditionOutputs) return isFloatOfBody(node, output + conditionOutputs[opType]!)
  const attributeName = typeGivingAttribute[opType]
  if (attributeName === undefined) return floats.has(input[typeGivingInput[opType] ?? 0] ?? '')
  const given = attribute.find(({ name }) => name === attributeName)
  if (given !== undefined) return (given.t?.dataType ?? Number(given.i)) === DATA_TYPE.float
  // The other values of constants are told apart by the names of their attributes; all the rest is float32 where it says nothing.
  return opType !== 'Constant' || attribute.some(({ name = '' }) => name.startsWith('value_float'))
}

function isFloatOfBody(node: NodeProto, output: number): boolean {
  const body = node.attribute.map(({ g }: AttributeProto) => g).find((g) => g !== undefined)
  const type = body?.output[output]?.type?.tensorType?.elemType
  if (type !== undefined) return type === DATA_TYPE.float
  const found = `the body of ${describeNode(node)} does not say of which type its outputs are`
  const expected = 'types of the outputs of branches and bodies'
  throw new DblossError('model', `${found}; expected ${expected}`, { argument: 'model', found, expected })
}
