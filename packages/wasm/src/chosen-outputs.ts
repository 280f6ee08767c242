import type { Expression, LossProgram } from '@dbloss/core'
import type { KernelOutput } from './kernel.ts'

/** What a kernel computes: the value, and what is asked for where the loss has it. */
export function chosenOutputs(program: LossProgram, names: readonly KernelOutput[]): Map<KernelOutput, Expression> {
  const outputs = new Map<KernelOutput, Expression>([['value', program.value]])
  for (const name of names) {
    const output = program[name]
    if (output !== undefined) outputs.set(name, output)
  }
  return outputs
}
