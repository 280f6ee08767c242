import { DblossError } from './errors.ts'
import { asExpression, input, maximum, type Operand, select } from './formula/build.ts'
import { ELEMENTS } from './formula/extent.ts'
import type { Condition, Expression, Extent } from './formula/nodes.ts'
import type { InputSource, InputSourceOptions } from './input-source.ts'
import type { LabelStatistics } from './labels/index.ts'
import type { Loss, Reduction } from './loss.ts'
import { perRow, reduce } from './reductions.ts'
import { isUnknownLabel, labelsInput } from './unknown-label.ts'

/** What a formula is built from. */
export interface FormulaContext {
  /** z, [B, C]; raw scores before the sigmoid. */
  readonly logits: Expression
  /** y, [B, C]; in [0, 1]. An unknown label arrives here as 0 and its logit as 0. */
  readonly labels: Expression
  /** The further inputs that the loss declares. */
  readonly inputs: Readonly<Record<string, Expression>>
  /** `select(isUnknown, 0, …)` leaves the unknown labels out, for formulas that couple classes or rows. Elementwise formulas are masked without it. */
  readonly isUnknown: Condition
}

/** What {@link defineLoss} needs to know. */
export interface LossDefinition {
  /** Identifies the loss in tables and messages. */
  readonly name: string
  /** What the user chose, for records; the formula has these numbers built in. Default: none. */
  readonly parameters?: Readonly<Record<string, unknown>>
  /** Where the formula comes from. */
  readonly reference?: string
  /** The statistics that the formula has built in, kept for records; they fix the number of classes. */
  readonly statistics?: LabelStatistics
  /** The number of classes, when class vectors fix it. Default: that of the statistics. */
  readonly classCount?: number
  /** Further named inputs with their extents, as `{ sampleWeights: ROWS }`. */
  readonly inputs?: Readonly<Record<string, Extent>>
  /** Makes a source of the further inputs, where they are random numbers or running statistics. Default: they are the user's to give. */
  readonly inputSource?: (options: InputSourceOptions) => InputSource
  /** Default `mean`. */
  readonly reduction?: Reduction
  /**
   * The formula: elements [B, C]; or rows [B, 1] or one number [1, 1] when it couples classes or samples.
   * It is called more than once and must not have side effects.
   */
  readonly formula: (context: FormulaContext) => Operand
}

const logits = input('logits', ELEMENTS, 'z')
const labels = labelsInput
const isUnknown = isUnknownLabel

/**
 * Makes a loss from a formula; the named losses of this package come through the same door.
 *
 * Unknown labels (−1) need no care in the formula: their label and logit are replaced by 0 on the way in, and elements
 * are set to 0 on the way out.
 *
 * @throws DblossError `formula` when an input uses a reserved name or the result does not depend on the logits' extent.
 *
 * @example
 * const squared = defineLoss({
 *   name: 'brier',
 *   formula: ({ logits, labels }) => power(subtract(sigmoid(logits), labels), 2),
 * })
 */
export function defineLoss(definition: LossDefinition): Loss {
  const {
    name,
    parameters = {},
    reference,
    statistics,
    inputs = {},
    inputSource,
    reduction = 'mean',
    formula,
  } = definition
  const { classCount = statistics?.classCount } = definition
  for (const inputName of Object.keys(inputs)) {
    if (inputName === 'logits' || inputName === 'labels') {
      throw new DblossError('formula', `${name} declares an input '${inputName}', a name that every loss has already`, {
        argument: 'inputs',
        found: inputName,
        expected: "names other than 'logits' and 'labels'",
      })
    }
  }
  const further = Object.fromEntries(Object.entries(inputs).map(([key, extent]) => [key, input(key, extent)]))
  const written = asExpression(formula({ logits, labels, inputs: further, isUnknown }))
  const masked = asExpression(
    formula({
      logits: select(isUnknown, 0, logits),
      labels: maximum(labels, 0),
      inputs: further,
      isUnknown,
    }),
  )
  const hasElements = masked.extent.batch && masked.extent.classes
  const result = hasElements ? select(isUnknown, 0, masked) : masked
  const rows = perRow(result, reduction)
  return {
    name,
    parameters,
    reduction,
    inputs,
    formula: written,
    value: reduce(result, reduction, name),
    ...(hasElements ? { elements: result } : {}),
    ...(rows === undefined ? {} : { rows }),
    ...(reference === undefined ? {} : { reference }),
    ...(classCount === undefined ? {} : { classCount }),
    ...(statistics === undefined ? {} : { statistics }),
    ...(inputSource === undefined ? {} : { inputSource }),
  }
}
