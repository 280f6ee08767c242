import {
  type Adapter,
  add,
  type Batch,
  checkBatch,
  classVector,
  constant,
  divide,
  type Expression,
  evaluateExpressions,
  exp,
  expm1,
  input,
  less,
  log,
  lossProgram,
  lower,
  max,
  maximum,
  minimum,
  multiply,
  negate,
  type PrimitiveTable,
  power,
  type ReferenceValue,
  select,
  sigmoid,
  size,
  softplus,
  subtract,
  sum,
} from '@dbloss/core'
import { expect, test } from 'vitest'
import { referenceAdapter, runConformance } from '../src/index.ts'

const unaries = { negate, exp, expm1, log, sigmoid, softplus }
const binaries = { add, subtract, multiply, divide, minimum, maximum }
const reductions = { sum, max }

/** Evaluates each primitive at once; one of them writes its result into its first operand, where it fits. */
function primitives(inPlace: string, batch: Batch, classCount: number): PrimitiveTable<ReferenceValue> {
  const { batchSize, logits, labels, inputs } = batch

  function run(
    kind: string,
    operands: readonly ReferenceValue[],
    build: (...operands: Expression[]) => Expression,
  ): ReferenceValue {
    const names = operands.map((_, index) => `operand ${index}`)
    const data = Object.fromEntries(operands.map((operand, index) => [names[index]!, operand.data]))
    const formula = build(...operands.map(({ extent }, index) => input(names[index]!, extent)))
    const context = { batchSize, classCount, inputs: { ...inputs, logits, labels, ...data } }
    const [result] = evaluateExpressions([formula], context)
    const [first] = operands
    if (kind !== inPlace || first?.data.length !== result!.data.length) return result!
    first.data.set(result!.data)
    return first
  }

  return {
    constant: (value) => run('constant', [], () => constant(value)),
    classVector: (values, name) => run('classVector', [], () => classVector(name, values)),
    input: (name, extent) => run('input', [], () => input(name, extent)),
    size: (axis) => run('size', [], () => size(axis)),
    unary: (kind, operand) => run(kind, [operand], unaries[kind]),
    power: (operand, exponent) => run('power', [operand], (base) => power(base!, exponent)),
    binary: (kind, left, right) => run(kind, [left, right], (a, b) => binaries[kind](a!, b!)),
    less: (left, right) => run('less', [left, right], (a, b) => select(less(a!, b!), 1, 0)),
    select: (condition, whenTrue, whenFalse) =>
      run('select', [condition, whenTrue, whenFalse], (holds, a, b) => select(less(0, holds!), a!, b!)),
    reduce: (kind, operand, axis) => run(kind, [operand], (summands) => reductions[kind](summands!, axis)),
  }
}

function adapterInPlace(inPlace: string): Adapter {
  return {
    ...referenceAdapter(),
    supports: { elements: true, optimizer: false },
    compile: async (loss) => ({
      evaluate: async (batch) => {
        const { value, gradient, elements } = lossProgram(loss)
        const expressions = [value, gradient, ...(elements ? [elements] : [])]
        const results = lower(expressions, primitives(inPlace, batch, checkBatch(loss, batch)))
        return {
          value: results[0]!.data[0]!,
          gradient: results[1]!.data,
          ...(elements && { elements: results[2]!.data }),
        }
      },
    }),
  }
}

async function failedPrimitives(inPlace: string): Promise<string[]> {
  const results = await runConformance({
    adapter: () => adapterInPlace(inPlace),
    losses: () => false,
    randomFormulas: 0,
  })
  return results
    .filter(({ group, outcome }) => group === 'primitives' && outcome === 'failed')
    .map(({ check }) => check)
}

test('primitives that leave their operands alone pass', async () => {
  expect(await failedPrimitives('none')).toEqual([])
})

test.each([...Object.keys(unaries), ...Object.keys(binaries), 'power', 'less'])(
  '%s that writes into its operand fails the check of its name',
  async (kind) => {
    const names: Readonly<Record<string, string>> = { power: 'power 2', less: 'select and less' }
    expect(await failedPrimitives(kind)).toContain(names[kind] ?? kind)
  },
)
