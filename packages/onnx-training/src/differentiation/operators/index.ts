import { DblossError } from '@dbloss/core'
import { describeNode, type NodeProto } from '../../onnx/index.ts'
import type { GradientRule } from '../gradient-rule.ts'
import { arithmeticRules } from './arithmetic.ts'

/** The rules by operator. */
const rules: Readonly<Record<string, GradientRule>> = {
  ...arithmeticRules,
}

/** Operators whose results do not change continuously, or are no numbers at all: nothing is differentiated through them. */
const notDifferentiable: ReadonlySet<string> = new Set([
  ...['Shape', 'Size', 'ConstantOfShape', 'Range', 'ArgMax', 'ArgMin', 'NonZero', 'EyeLike', 'OneHot'],
  ...['Equal', 'Less', 'LessOrEqual', 'Greater', 'GreaterOrEqual', 'And', 'Or', 'Xor', 'Not', 'IsNaN', 'IsInf'],
  ...['Floor', 'Ceil', 'Round', 'Sign'],
])

/** Whether a gradient may flow through a node. */
export function isDifferentiable({ opType, domain = '' }: NodeProto): boolean {
  return !isStandard(domain) || !notDifferentiable.has(opType ?? '')
}

/** Whether there is a rule for a node. */
export function hasRule({ opType, domain = '' }: NodeProto): boolean {
  return isStandard(domain) && Object.hasOwn(rules, opType ?? '')
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

function isStandard(domain: string): boolean {
  return domain === '' || domain === 'ai.onnx'
}
