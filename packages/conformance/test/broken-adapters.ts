import {
  type Adapter,
  add,
  type Batch,
  type CompiledLoss,
  checkBatch,
  type Evaluation,
  type EvaluationContext,
  type Expression,
  evaluate,
  evaluateExpressions,
  exp,
  input,
  type Loss,
  log,
  lossProgram,
  maximum,
  multiply,
  type OptimizerSettings,
  sigmoid,
  stopGradient,
  subtract,
  sum,
} from '@dbloss/core'
import { referenceAdapter } from '../src/index.ts'
import { rounding } from '../src/precision.ts'
import { rewritten, withGivenValues } from './rewriting.ts'

/** The reference with another formula: a mistake of whoever writes the losses anew. */
function withFormula(change: (node: Expression) => Expression): Adapter {
  return {
    ...referenceAdapter(),
    async compile(loss) {
      const { elements } = loss
      const changed = {
        ...loss,
        value: rewritten(loss.value, change),
        ...(elements === undefined ? {} : { elements: rewritten(elements, change) }),
      }
      return { evaluate: async (batch) => evaluate(changed, batch) }
    },
  }
}

/** The reference with another primitive: a mistake in the table of primitives. `round` imitates its precision. */
function withPrimitive(
  change: (node: Expression) => Expression,
  {
    round,
    precision = 'float64',
    checks = true,
  }: Partial<Pick<Adapter, 'precision'>> & { round?: typeof Math.fround; checks?: boolean } = {},
): Adapter {
  return {
    ...referenceAdapter(precision),
    async compile(loss) {
      const program = lossProgram(loss)
      const expressions = [program.value, program.gradient, ...(program.elements ? [program.elements] : [])]
      const changed = expressions.map((expression) => rewritten(expression, change))
      return {
        async evaluate(batch) {
          const classCount = checks ? checkBatch(loss, batch) : batch.labels.length / batch.batchSize
          const { batchSize, logits, labels, inputs } = batch
          const [value, gradient, elements] = evaluateExpressions(changed, {
            batchSize,
            classCount,
            inputs: { ...inputs, logits, labels },
            ...(round === undefined ? {} : { round }),
          })
          return {
            value: value!.data[0]!,
            gradient: gradient!.data,
            ...(elements === undefined ? {} : { elements: elements.data }),
          }
        },
      }
    },
  }
}

/** A sum as a target gives it that accumulates in float16. */
function halfSum(node: Expression, context: EvaluationContext): ArrayLike<number> | undefined {
  if (node.kind !== 'sum') return undefined
  const [summands] = evaluateExpressions([node.operand], context)
  const again = sum(input('summands', node.operand.extent), node.axis)
  const inputs = { summands: summands!.data }
  return evaluateExpressions([again], { ...context, inputs, round: rounding.float16 })[0]!.data
}

/** The reference in float32 with sums that are accumulated in float16. */
function withHalfSums(): Adapter {
  return {
    ...referenceAdapter('float32'),
    async compile(loss) {
      const { value, gradient, elements } = lossProgram(loss)
      return {
        async evaluate(batch) {
          const classCount = checkBatch(loss, batch)
          const { batchSize, logits, labels } = batch
          const context = { batchSize, classCount, inputs: { ...batch.inputs, logits, labels }, round: Math.fround }
          const evaluated = (expression: Expression): Float64Array => {
            const given = withGivenValues(expression, context, halfSum)
            return evaluateExpressions([given.root], given.context)[0]!.data
          }
          return {
            value: evaluated(value)[0]!,
            gradient: evaluated(gradient),
            ...(elements === undefined ? {} : { elements: evaluated(elements) }),
          }
        },
      }
    },
  }
}

type Change = (result: Evaluation, batch: Batch, loss: Loss) => Evaluation

/** The reference with other results. */
function withResult(change: Change): Adapter {
  return {
    ...referenceAdapter(),
    async compile(loss) {
      return { evaluate: async (batch) => change(evaluate(loss, batch), batch, loss) }
    },
  }
}

/** The reference with another optimizer. */
function withOptimizer(change: (optimizer: OptimizerSettings) => OptimizerSettings): Adapter {
  const reference = referenceAdapter()
  return {
    ...reference,
    trainHead: (loss, start) => reference.trainHead!(loss, { ...start, optimizer: change(start.optimizer) }),
  }
}

const scaled = ({ value, gradient, ...rest }: Evaluation, factor: number): Evaluation => ({
  ...rest,
  value: value * factor,
  gradient: gradient.map((derivative: number) => derivative * factor),
})

function countUnknown({ labels }: Batch): number {
  return labels.filter((label: number) => label === -1).length
}

/** Keeps compiled losses by name, parameters and size, but not by their statistics. */
function staleAdapter(): Adapter {
  const compiled = new Map<string, CompiledLoss>()
  return {
    ...referenceAdapter(),
    async compile(loss) {
      const key = JSON.stringify([
        loss.name,
        loss.parameters,
        loss.classCount,
        loss.reduction,
        Object.entries(loss.inputs),
      ])
      // Formulas without statistics are told apart by what they are.
      if (loss.classCount === undefined) return referenceAdapter().compile(loss)
      if (!compiled.has(key)) compiled.set(key, await referenceAdapter().compile(loss))
      return compiled.get(key)!
    },
  }
}

function reusedArrayAdapter(): Adapter {
  return {
    ...referenceAdapter(),
    async compile(loss) {
      let gradient = new Float64Array()
      return {
        async evaluate(batch) {
          const result = evaluate(loss, batch)
          if (gradient.length !== result.gradient.length) gradient = new Float64Array(result.gradient.length)
          gradient.set(result.gradient)
          return { ...result, gradient }
        },
      }
    },
  }
}

const isFocalFactor = (node: Expression): boolean => node.kind === 'power' && node.operand.kind === 'sigmoid'
const isDivisionByLambda = (node: Expression): boolean => node.kind === 'divide' && node.right.symbol === '\\lambda'

/** Adapters that are wrong in one way each, by what is wrong with them. */
export const brokenAdapters = {
  'the gradient has the wrong sign': () =>
    withResult((result) => ({ ...result, gradient: result.gradient.map((d: number) => -d) })),
  'the classes of the gradient are swapped': () =>
    withResult((result, { labels, batchSize }) => {
      const classCount = labels.length / batchSize
      return {
        ...result,
        gradient: result.gradient.map((_: number, at: number) => {
          const row = Math.floor(at / classCount)
          return result.gradient[row * classCount + (classCount - 1 - (at % classCount))]!
        }),
      }
    }),
  'rows and columns of the gradient are mixed up': () =>
    withResult((result, { labels, batchSize }) => {
      const classCount = labels.length / batchSize
      return {
        ...result,
        gradient: result.gradient.map(
          (_: number, at: number) => result.gradient[(at % batchSize) * classCount + Math.floor(at / batchSize)]!,
        ),
      }
    }),
  'the factor 1/λ is missing': () =>
    withFormula((node) => (isDivisionByLambda(node) && node.kind === 'divide' ? node.left : node)),
  'the focal factor is detached': () => withFormula((node) => (isFocalFactor(node) ? stopGradient(node) : node)),
  'the input is written to': () => ({
    ...referenceAdapter(),
    async compile(loss: Loss) {
      return {
        async evaluate(batch: Batch) {
          const result = evaluate(loss, batch)
          batch.logits.forEach((logit: number, at: number) => {
            ;(batch.logits as Float32Array)[at] = logit + 0.25
          })
          return result
        },
      }
    },
  }),
  'unknown labels count in the mean': () =>
    withResult((result, batch, { reduction }) =>
      reduction === 'mean' ? scaled(result, 1 - countUnknown(batch) / batch.labels.length) : result,
    ),
  'the mean is over rows instead of elements': () =>
    withResult((result, { labels, batchSize }, { reduction, elements }) =>
      reduction === 'mean' && elements !== undefined ? scaled(result, labels.length / batchSize) : result,
    ),
  'constants are stale after a second compile': staleAdapter,
  'the result array is reused': reusedArrayAdapter,
  'NaN passes a mask': () =>
    withResult((result, { logits }) => ({
      ...result,
      gradient: result.gradient.map((derivative: number, at: number) => derivative + 0 * logits[at]!),
    })),
  'the sigmoid is off': () =>
    withPrimitive((node) => (node.kind === 'sigmoid' ? sigmoid(multiply(node.operand, 1.001)) : node)),
  'minimum is maximum': () =>
    withPrimitive((node) => (node.kind === 'minimum' ? maximum(node.left, node.right) : node)),
  'expm1 cancels': () =>
    withPrimitive((node) => (node.kind === 'expm1' ? subtract(exp(node.operand), 1) : node), {
      precision: 'float32',
      round: Math.fround,
    }),
  'softplus overflows': () =>
    withPrimitive((node) => (node.kind === 'softplus' ? log(add(1, exp(node.operand))) : node), {
      precision: 'float32',
      round: Math.fround,
    }),
  'a sum over the classes is off': () =>
    withPrimitive((node) => (node.kind === 'sum' && node.axis === 'classes' ? add(node, 1e-3) : node)),
  'bad input is accepted': () => withPrimitive((node) => node, { checks: false }),
  'it computes in float16 but declares float32': () => ({
    ...referenceAdapter('float16'),
    precision: 'float32' as const,
  }),
  'sums are accumulated in float16': withHalfSums,
  'weight decay is forgotten': () => withOptimizer((optimizer) => ({ ...optimizer, weightDecay: 0 })),
  'clipping is forgotten': () => withOptimizer(({ clipNorm: _, ...optimizer }) => optimizer),
  'momentum is forgotten': () =>
    withOptimizer((optimizer) => (optimizer.kind === 'sgd' ? { ...optimizer, momentum: 0 } : optimizer)),
} satisfies Readonly<Record<string, () => Adapter>>
