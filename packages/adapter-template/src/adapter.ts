import { type Adapter, type Batch, checkBatch, type Evaluation, type Loss, lossProgram, lower } from '@dbloss/core'
import { TemplatePrimitives } from './primitives.ts'

/** Plain typed arrays in float32 as a target of every loss. */
export function templateAdapter(): Adapter {
  return {
    name: 'adapter-template',
    precision: 'float32',
    supports: { elements: true, optimizer: false },
    compile: async (loss) => ({ evaluate: async (batch) => evaluate(loss, batch) }),
  }
}

/** Runs the formulas of a loss on a batch; value, gradient and elements share their common parts. */
function evaluate(loss: Loss, batch: Batch): Evaluation {
  const classCount = checkBatch(loss, batch)
  const program = lossProgram(loss)
  const expressions = [program.value, program.gradient, ...(program.elements ? [program.elements] : [])]
  const [value, gradient, elements] = lower(expressions, new TemplatePrimitives(batch, classCount))
  return { value: value!.data[0]!, gradient: gradient!.data, ...(elements && { elements: elements.data }) }
}
