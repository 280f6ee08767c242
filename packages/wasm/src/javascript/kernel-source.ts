import { type Expression, type Loss, lossProgram, schedule, topologicalOrder } from '@dbloss/core'
import { chosenOutputs } from '../chosen-outputs.ts'
import { classCountOf } from '../compile-kernel.ts'
import type { KernelOptions, KernelOutput } from '../kernel.ts'
import { helpers } from './expression-text.ts'
import { PhaseText } from './phase-text.ts'
import { VariableNames } from './variable-names.ts'

/** A kernel in JavaScript has no threads. */
export type JavaScriptKernelOptions = Omit<KernelOptions, 'threads'>

/** A kernel as text, with what it computes. */
export interface JavaScriptProgram {
  readonly classCount: number
  readonly outputs: ReadonlyMap<KernelOutput, Expression>
  /** Declarations, the last of which is the function `evaluate`. */
  readonly text: string
}

/**
 * A loss as the text of a JavaScript module: the loops of the WebAssembly kernel in float64, with the names that the formula
 * gives to its parts, for reading and debugging. It exports `evaluate`, which takes the batch size B, the arrays of a batch
 * (row-major) and those that are to be filled, and returns the value; it does not check them.
 *
 * @throws DblossError `argument` when the number of classes is missing or contradicts the loss.
 *
 * @example
 * await writeFile('loss.js', kernelSource(distributionBalancedLoss(statistics), { labels: 'hard' }))
 */
export function kernelSource(loss: Loss, options: JavaScriptKernelOptions = {}): string {
  return javaScriptProgram(loss, options).text.replace(/^function evaluate/m, 'export function evaluate')
}

export function javaScriptProgram(loss: Loss, options: JavaScriptKernelOptions): JavaScriptProgram {
  const { labels = 'any', outputs: wanted = ['gradient'] } = options
  const classCount = classCountOf(loss, options.classCount)
  const outputs = chosenOutputs(lossProgram(loss, { labels }), wanted)
  const names = new VariableNames(loss, { labels }, outputs)
  const nodes = topologicalOrder([...outputs.values()])
  const text = [
    ...comment(`${loss.name}, ${loss.reduction}, of ${classCount} classes; ${hints[labels]}`),
    `const C = ${classCount}`,
    ...vectors(nodes, names),
    ...Object.entries(helpers).flatMap(([kind, helper]) => (nodes.some((node) => node.kind === kind) ? [helper] : [])),
    '',
    `function evaluate(${parameters(outputs)}) {`,
    ...new PhaseText(schedule([...outputs.values()]), outputs, names).lines(),
    '}',
    '',
  ]
  return { classCount, outputs, text: text.join('\n') }
}

const hints = { any: 'labels are 0, 1, between them, or -1 for unknown', hard: 'labels are 0 or 1' } as const

/** Names come from users: what they hold must not end the comment. */
const comment = (text: string): string[] => [`// ${text.replaceAll(/\s+/g, ' ')}`]

function vectors(nodes: readonly Expression[], names: VariableNames): string[] {
  return nodes.flatMap((node) =>
    node.kind === 'classVector' ? [`const ${names.of(node)} = Float64Array.from([${node.values.join(', ')}])`] : [],
  )
}

function parameters(outputs: ReadonlyMap<KernelOutput, Expression>): string {
  const arrays = [...outputs.keys()].filter((name) => name !== 'value')
  return `{ ${['B', 'logits', 'labels', 'inputs', ...arrays].join(', ')} }`
}
