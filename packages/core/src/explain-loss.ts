import { checkBatch } from './check-batch.ts'
import { evaluate } from './evaluate-loss.ts'
import { distinctSymbols } from './formula/distinct-symbols.ts'
import { evaluateExpressions } from './formula/evaluate.ts'
import type { Expression } from './formula/nodes.ts'
import { topologicalOrder } from './formula/operands.ts'
import type { Loss } from './loss.ts'

/** One sample. */
export interface Sample {
  /** z, [C]. */
  readonly logits: ArrayLike<number>
  /** y, [C]: 1, 0, between, or −1 for unknown. */
  readonly labels: ArrayLike<number>
  /** Further inputs that the loss declares, of one row. */
  readonly inputs?: Readonly<Record<string, ArrayLike<number>>>
}

/** A quantity of a formula for one sample. */
export interface ExplainedQuantity {
  /** As the paper calls it, in plain text: `r`, `w`, `ν`, `z′`. */
  readonly symbol: string
  /** One number a class, or a single one. */
  readonly values: Float64Array
}

/** What a loss does to one sample. */
export interface LossExplanation {
  readonly loss: string
  /** In the order of computation: logits and labels first, then what the formula names, then `loss` and `gradient`. */
  readonly quantities: readonly ExplainedQuantity[]
  /** A table with a row a class. */
  toString(): string
}

/**
 * Shows what a loss does to one sample, class by class: every quantity that its formula gives a name, such as the
 * re-balancing ratio r, the weight w, the shift ν and the shifted logit z′, then the loss of each class before reduction
 * and its derivative.
 *
 * @throws DblossError as `checkBatch`.
 *
 * @example
 * console.log(`${explain(distributionBalancedLoss(statistics), { logits: [2, -1, -3], labels: [1, 0, 1] })}`)
 */
export function explain(loss: Loss, { logits, labels, inputs = {} }: Sample): LossExplanation {
  const asRow = (values: ArrayLike<number>): Float64Array => Float64Array.from(values)
  const batch = {
    logits: asRow(logits),
    labels: asRow(labels),
    batchSize: 1,
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, values]) => [name, asRow(values)])),
  }
  const classCount = checkBatch(loss, batch)
  const named = namedParts(loss.elements ?? loss.value)
  const context = { batchSize: 1, classCount, inputs: { ...batch.inputs, logits: batch.logits, labels: batch.labels } }
  const values = evaluateExpressions([...named.values()], context)
  // The derivative of the sum, so that the size of a batch does not scale it.
  const output = loss.elements === undefined ? 'value' : 'elements'
  const seed = new Float64Array(loss.elements === undefined ? 1 : classCount).fill(1)
  const { value, elements, gradient } = evaluate(loss, batch, { seed, output })
  const quantities: ExplainedQuantity[] = [
    { symbol: 'z', values: batch.logits },
    { symbol: 'y', values: batch.labels },
    ...[...named.keys()].map((symbol, index) => ({ symbol: plainSymbol(symbol), values: values[index]!.data })),
    { symbol: 'loss', values: elements ?? Float64Array.of(value) },
    { symbol: 'gradient', values: gradient },
  ]
  return {
    loss: loss.name,
    quantities,
    toString: () => table(quantities, loss.statistics?.classNames ?? Array.from(labels, (_, index) => `${index}`)),
  }
}

/** The parts of a formula by their symbols, but for logits, labels and constants of one number. */
function namedParts(root: Expression): ReadonlyMap<string, Expression> {
  const symbols = distinctSymbols(root)
  const parts = new Map<string, Expression>()
  for (const node of topologicalOrder([root])) {
    const symbol = symbols.get(node)
    if (symbol !== undefined && node.kind !== 'constant' && !isLogitsOrLabels(node)) parts.set(symbol, node)
  }
  return parts
}

const isLogitsOrLabels = (node: Expression): boolean =>
  node.kind === 'input' && (node.name === 'logits' || node.name === 'labels')

/** LaTeX commands that symbols are made of. */
const plainNames: Readonly<Record<string, string>> = {
  nu: 'ν',
  alpha: 'α',
  beta: 'β',
  gamma: 'γ',
  kappa: 'κ',
  lambda: 'λ',
  mu: 'μ',
  pi: 'π',
  rho: 'ρ',
  sigma: 'σ',
  log: 'log',
}

/** `\nu` is ν, `\hat w` is ŵ, `\bar p` is p̄, z' is z′. */
function plainSymbol(latex: string): string {
  return latex
    .replaceAll(/\\(\w+)/g, (whole, name: string) => plainNames[name] ?? whole)
    .replaceAll(/\\hat\s*\{?(\p{L})\}?/gu, '$1\u0302')
    .replaceAll(/\\bar\s*\{?(\p{L})\}?/gu, '$1\u0304')
    .replaceAll("'", '′')
    .replaceAll(/[{}]/g, '')
    .normalize('NFC')
}

function table(quantities: readonly ExplainedQuantity[], classNames: readonly string[]): string {
  const cell = (values: Float64Array, row: number): string => {
    const value = values.length === 1 ? values[0]! : values[row]!
    return Number.isInteger(value) ? `${value}` : value.toPrecision(4)
  }
  const rows = [
    ['class', ...quantities.map(({ symbol }) => symbol)],
    ...classNames.map((name, row) => [name, ...quantities.map(({ values }) => cell(values, row))]),
  ]
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map((row) =>
      row.map((text, column) => (column === 0 ? text.padEnd(widths[0]!) : text.padStart(widths[column]!))).join('  '),
    )
    .join('\n')
}
