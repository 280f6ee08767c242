import {
  add,
  CLASSES,
  classVector,
  constant,
  defineLoss,
  divide,
  ELEMENTS,
  type Expression,
  type Extent,
  exp,
  expm1,
  type FormulaContext,
  type Loss,
  less,
  log,
  max,
  maximum,
  minimum,
  multiply,
  negate,
  power,
  ROWS,
  SCALAR,
  select,
  shapeOf,
  sigmoid,
  size,
  softplus,
  stopGradient,
  subtract,
  sum,
} from '@dbloss/core'
import { checkLoss } from '../compare.ts'
import { conformanceBatch } from '../data.ts'
import type { Check } from '../result.ts'

const BATCH_SIZE = 4
const CLASS_COUNT = 5

const classes = classVector('perClass', [0.5, -1.25, 2, 0.75, -0.3])

/** z², above 0 everywhere. */
const positive = ({ logits }: FormulaContext): Expression => add(multiply(logits, logits), 0.5)

/** One formula a primitive, or a broadcast; each as small as it can be, so that its name is the diagnosis. */
const formulas: Readonly<Record<string, (context: FormulaContext) => Expression>> = {
  constant: () => constant(1.5),
  'class vector': () => classes,
  'size of the batch': () => size('batch'),
  'size of the classes': () => size('classes'),
  // Not alone: in a sum it would become a subtraction.
  negate: ({ logits }) => maximum(negate(logits), logits),
  exp: ({ logits }) => exp(logits),
  expm1: ({ logits }) => expm1(logits),
  'expm1 near 0': ({ logits }) => multiply(1e4, expm1(multiply(1e-4, logits))),
  log: (context) => log(positive(context)),
  sigmoid: ({ logits }) => sigmoid(logits),
  'sigmoid far from 0': ({ logits }) => sigmoid(multiply(100, logits)),
  softplus: ({ logits }) => softplus(logits),
  'softplus far from 0': ({ logits }) => softplus(multiply(100, logits)),
  stopGradient: ({ logits }) => multiply(logits, stopGradient(logits)),
  'power 2': ({ logits }) => power(logits, 2),
  'power 3': ({ logits }) => power(logits, 3),
  'power 0.5': (context) => power(positive(context), 0.5),
  'power −1.5': (context) => power(positive(context), -1.5),
  add: ({ logits, labels }) => add(logits, labels),
  subtract: ({ logits, labels }) => subtract(logits, multiply(2, labels)),
  multiply: ({ logits }) => multiply(logits, add(logits, 2)),
  divide: (context) => divide(context.logits, positive(context)),
  minimum: ({ logits }) => minimum(logits, classes),
  maximum: ({ logits }) => maximum(logits, classes),
  'select and less': ({ logits }) => select(less(logits, classes), multiply(3, logits), negate(logits)),
  'select beside NaN': ({ logits }) => select(less(0, logits), log(logits), logits),
  'sum over the classes': ({ logits }) => multiply(logits, sum(logits, 'classes')),
  'sum over the batch': ({ logits }) => multiply(logits, sum(logits, 'batch')),
  'max over the classes': ({ logits }) => multiply(logits, max(logits, 'classes')),
  'max over the batch': ({ logits }) => multiply(logits, max(logits, 'batch')),
  'broadcast of a class vector': ({ logits }) => multiply(logits, classes),
  'broadcast of a number': ({ logits }) => multiply(logits, sum(sum(logits, 'classes'), 'batch')),
  'broadcast of a row beside a class': ({ logits }) =>
    add(sum(logits, 'classes'), multiply(classes, sum(logits, 'batch'))),
}

const extents: Readonly<Record<string, Extent>> = {
  'a number': SCALAR,
  rows: ROWS,
  classes: CLASSES,
  elements: ELEMENTS,
}

/**
 * A formula by class or by row alone is no loss; beside the logits it is one, and it still shows. The logits are taken
 * after the formula, so that a primitive that changes its operand shows too.
 */
function lossOf(name: string, formula: (context: FormulaContext) => Expression): Loss {
  return defineLoss({
    name,
    reduction: 'sum',
    formula: (context) => add(formula(context), multiply(1e-3, context.logits)),
  })
}

function inputCheck([name, extent]: [string, Extent]): Check {
  return {
    group: 'primitives',
    name: `further input: ${name}`,
    run: async ({ adapter }) => {
      const loss = defineLoss({
        name: `input of ${name}`,
        inputs: { further: extent },
        formula: ({ logits, inputs }) => multiply(logits, inputs.further!),
      })
      const [rows, columns] = shapeOf(extent, BATCH_SIZE, CLASS_COUNT)
      const further = Float32Array.from({ length: rows * columns }, (_, index) => 0.5 + index)
      const batch = { ...conformanceBatch(BATCH_SIZE, CLASS_COUNT), inputs: { further } }
      await checkLoss(adapter.compile, loss, [batch], options(adapter))
    },
  }
}

function options({ precision, supports }: Parameters<Check['run']>[0]['adapter']) {
  return { precision, elements: supports.elements }
}

/** Each primitive alone, value and gradient, so that a failing adapter is told which one is wrong. */
export const primitiveChecks: readonly Check[] = [
  ...Object.entries(formulas).map(
    ([name, formula]): Check => ({
      group: 'primitives',
      name,
      run: ({ adapter }) =>
        checkLoss(
          adapter.compile,
          lossOf(name, formula),
          [conformanceBatch(BATCH_SIZE, CLASS_COUNT)],
          options(adapter),
        ),
    }),
  ),
  ...Object.entries(extents).map(inputCheck),
]
