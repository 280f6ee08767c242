import { DblossError } from '@dbloss/core'
import { DATA_TYPE, describeNode, isStandardDomain, type NodeProto } from '../../onnx/index.ts'
import type { GradientRule } from '../gradient-rule.ts'
import { activationRules } from './activations.ts'
import { arithmeticRules } from './arithmetic.ts'
import { averagePoolRules } from './average-pool.ts'
import { batchNormalizationRules } from './batch-normalization.ts'
import { castRules } from './cast.ts'
import { clipRules } from './clip.ts'
import { concatSplitRules } from './concat-split.ts'
import { convolutionRules } from './convolution.ts'
import { depthSpaceRules } from './depth-space.ts'
import { dropoutRules } from './dropout.ts'
import { einsumRules } from './einsum.ts'
import { expandTileRules } from './expand-tile.ts'
import { gatherRules } from './gather.ts'
import { geluRules } from './gelu.ts'
import { gemmRules } from './gemm.ts'
import { groupNormalizationRules } from './group-normalization.ts'
import { instanceNormalizationRules } from './instance-normalization.ts'
import { layerNormalizationRules } from './layer-normalization.ts'
import { lpNormalizationRules } from './lp-normalization.ts'
import { matmulRules } from './matmul.ts'
import { maxPoolRules } from './max-pool.ts'
import { padRules } from './pad.ts'
import { powRules } from './pow.ts'
import { preluRules } from './prelu.ts'
import { reductionRules } from './reductions.ts'
import { reshapingRules } from './reshaping.ts'
import { sliceRules } from './slice.ts'
import { softmaxRules } from './softmax.ts'
import { transposeRules } from './transpose.ts'
import { triluRules } from './trilu.ts'
import { unaryRules } from './unary.ts'
import { variadicRules } from './variadic.ts'
import { whereRules } from './where.ts'

/** The rules by operator. */
const rules: Readonly<Record<string, GradientRule>> = {
  ...activationRules,
  ...arithmeticRules,
  ...averagePoolRules,
  ...batchNormalizationRules,
  ...castRules,
  ...clipRules,
  ...concatSplitRules,
  ...convolutionRules,
  ...depthSpaceRules,
  ...dropoutRules,
  ...einsumRules,
  ...expandTileRules,
  ...gatherRules,
  ...geluRules,
  ...gemmRules,
  ...groupNormalizationRules,
  ...instanceNormalizationRules,
  ...layerNormalizationRules,
  ...lpNormalizationRules,
  ...matmulRules,
  ...maxPoolRules,
  ...padRules,
  ...powRules,
  ...preluRules,
  ...reductionRules,
  ...reshapingRules,
  ...sliceRules,
  ...softmaxRules,
  ...transposeRules,
  ...triluRules,
  ...unaryRules,
  ...variadicRules,
  ...whereRules,
}

/** Operators whose results do not change continuously, or are no numbers at all: nothing is differentiated through them. */
const notDifferentiable: ReadonlySet<string> = new Set([
  ...['Shape', 'Size', 'ConstantOfShape', 'Range', 'ArgMax', 'ArgMin', 'NonZero', 'EyeLike', 'OneHot'],
  ...['Equal', 'Less', 'LessOrEqual', 'Greater', 'GreaterOrEqual', 'And', 'Or', 'Xor', 'Not', 'IsNaN', 'IsInf'],
  ...['BitShift', 'BitwiseAnd', 'BitwiseOr', 'BitwiseXor', 'BitwiseNot'],
  ...['Floor', 'Ceil', 'Round', 'Sign', 'Hardmax', 'RandomNormalLike', 'RandomUniformLike'],
])

/** The element types of values that do not change continuously. */
const discreteTypes: ReadonlySet<number> = new Set([
  ...[DATA_TYPE.int8, DATA_TYPE.int16, DATA_TYPE.int32, DATA_TYPE.int64, DATA_TYPE.bool, DATA_TYPE.string],
  ...[DATA_TYPE.uint8, DATA_TYPE.uint16, DATA_TYPE.uint32, DATA_TYPE.uint64],
])

/** Whether a gradient may flow through a node. */
export function isDifferentiable(node: NodeProto): boolean {
  const { opType = '', domain = '' } = node
  if (!isStandardDomain(domain)) return true
  return opType === 'Cast' ? !castsToDiscrete(node) : !notDifferentiable.has(opType)
}

function castsToDiscrete({ attribute }: NodeProto): boolean {
  return discreteTypes.has(Number(attribute.find(({ name }) => name === 'to')?.i))
}

/** Whether there is a rule for a node. */
export function hasRule({ opType, domain = '' }: NodeProto): boolean {
  return isStandardDomain(domain) && Object.hasOwn(rules, opType ?? '')
}

/** @throws DblossError `model` when there is none. */
export function ruleOf(node: NodeProto): GradientRule {
  if (hasRule(node)) return rules[node.opType!]!
  const operator = [node.domain, node.opType].filter(Boolean).join('.')
  throw new DblossError('model', `${describeNode(node)} cannot be differentiated: there is no rule for ${operator}`, {
    argument: 'model',
    found: operator,
    expected: `one of ${Object.keys(rules).join(', ')}`,
  })
}
