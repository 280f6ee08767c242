import { checkBatch, DblossError, type Loss, shapeOf } from '@dbloss/core'
import { checkBatchSize, checkResult, checkShapes, refused } from '../check-kernel-batch.ts'
import type { Kernel, KernelArguments, KernelArrayOutput, KernelArrays } from '../kernel.ts'
import { type JavaScriptKernelOptions, type JavaScriptProgram, javaScriptProgram } from './kernel-source.ts'

type Floats = Float32Array | Float64Array
type Evaluate = (
  batch: { readonly B: number; readonly logits: Floats; readonly labels: Floats } & Required<
    Pick<KernelArguments, 'inputs'>
  > &
    Partial<Record<KernelArrayOutput, Floats>>,
) => number

/**
 * Compiles a loss into one JavaScript function: the loops of {@link compileKernel} in float64, on any engine, at a fraction of
 * the speed. Arrays are used where they lie, nothing is copied. What it runs is the text of {@link kernelSource}.
 *
 * @throws DblossError `argument` when the number of classes is missing or contradicts the loss; `runtime` where text must not
 * be compiled (a content-security policy without `unsafe-eval`): save the text of {@link kernelSource} as a module there.
 */
export function compileJavaScriptKernel(loss: Loss, options: JavaScriptKernelOptions = {}): Kernel {
  const program = javaScriptProgram(loss, options)
  return new JavaScriptKernel(loss, program, compile(program, loss), options.labels ?? 'any')
}

function compile({ text }: JavaScriptProgram, loss: Loss): Evaluate {
  try {
    return new Function(`'use strict'\n${text}return evaluate`)() as Evaluate
  } catch (cause) {
    throw new DblossError('runtime', `the JavaScript of ${loss.name} cannot be compiled: ${String(cause)}`, {
      argument: 'loss',
      found: loss.name,
      expected: "'unsafe-eval' in the content-security policy, or the text of kernelSource, saved as a module",
      cause,
    })
  }
}

class JavaScriptKernel implements Kernel {
  readonly loss: Loss
  readonly classCount: number
  readonly moduleSize: number
  readonly #program: JavaScriptProgram
  readonly #evaluate: Evaluate
  readonly #labels: 'any' | 'hard'
  #batchSize = 0
  #arrays: KernelArrays | undefined

  constructor(loss: Loss, program: JavaScriptProgram, evaluate: Evaluate, labels: 'any' | 'hard') {
    this.loss = loss
    this.classCount = program.classCount
    this.moduleSize = new TextEncoder().encode(program.text).length
    this.#program = program
    this.#evaluate = evaluate
    this.#labels = labels
  }

  arrays(batchSize: number): KernelArrays {
    if (this.#arrays !== undefined && this.#batchSize === batchSize) return this.#arrays
    checkBatchSize(batchSize)
    const { loss, classCount } = this
    const array = (extent: { readonly batch: boolean; readonly classes: boolean }): Float32Array => {
      const [rows, columns] = shapeOf(extent, batchSize, classCount)
      return new Float32Array(rows * columns)
    }
    const elements = { batch: true, classes: true }
    const results = [...this.#program.outputs].filter(([name]) => name !== 'value')
    this.#batchSize = batchSize
    this.#arrays = {
      logits: array(elements),
      labels: array(elements),
      inputs: Object.fromEntries(Object.entries(loss.inputs).map(([name, extent]) => [name, array(extent)])),
      ...Object.fromEntries(results.map(([name, { extent }]) => [name, array(extent)])),
    }
    return this.#arrays
  }

  evaluate(logits: Floats, labels: Floats, gradient?: Floats, further: KernelArguments = {}): number {
    const { loss, classCount } = this
    const { inputs = {} } = further
    const { outputs } = this.#program
    const batchSize = checkShapes(loss, classCount, logits, labels, inputs)
    const results = { gradient, elements: further.elements, rows: further.rows }
    const names = Object.keys(results) as KernelArrayOutput[]
    for (const name of names) checkResult(loss, outputs, name, results[name], batchSize, classCount)
    checkBatch(loss, { logits, labels, batchSize, inputs })
    if (this.#labels === 'hard' && !labels.every((label) => label === 0 || label === 1)) throw refused(loss, labels)
    const filled: Partial<Record<KernelArrayOutput, Floats>> = {}
    for (const name of names) {
      // What the caller does not ask for is computed with the rest, and goes where it is not seen.
      if (outputs.has(name)) filled[name] = results[name] ?? this.arrays(batchSize)[name]!
    }
    return this.#evaluate({ B: batchSize, logits, labels, inputs, ...filled })
  }
}
