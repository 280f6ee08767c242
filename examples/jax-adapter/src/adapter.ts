import { type Adapter, type Batch, checkBatch, type Evaluation, type Loss, lossProgram, lower } from '@dbloss/core'
import { JaxPrimitives } from './primitives.ts'

/** jax-js on its default device, WebAssembly, as a target of every loss. */
export function jaxAdapter(): Adapter {
  return {
    name: 'jax-js-wasm',
    precision: 'float32',
    supports: { elements: true, optimizer: false },
    compile: async (loss) => ({ evaluate: (batch) => evaluate(loss, batch) }),
  }
}

/** Runs the formulas of a loss on a batch; value, gradient and elements share their common parts. */
async function evaluate(loss: Loss, batch: Batch): Promise<Evaluation> {
  const classCount = checkBatch(loss, batch)
  const program = lossProgram(loss)
  const expressions = [program.value, program.gradient, ...(program.elements ? [program.elements] : [])]
  const table = new JaxPrimitives(batch, classCount)
  try {
    const results = lower(expressions, table).map(async (array) => Float32Array.from(await array.ref.data()))
    const [value, gradient, elements] = await Promise.all(results)
    return { value: value![0]!, gradient: gradient!, ...(elements && { elements }) }
  } finally {
    table.dispose()
  }
}
