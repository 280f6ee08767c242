import { type Expression, type LossProgram, type Phase, schedule } from '@dbloss/core'
import { encodeModule } from '../assembly/module.ts'
import { chosenOutputs } from '../chosen-outputs.ts'
import type { KernelOutput } from '../kernel.ts'
import { emitCheck } from './emit-check.ts'
import { emitPhase } from './emit-phase.ts'
import { type Layout, layOut } from './layout.ts'

/** A kernel as a module, before it is compiled for a machine. */
export interface EmittedKernel {
  /** The binary module. */
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly phases: readonly Phase[]
  readonly layout: Layout
  readonly outputs: ReadonlyMap<KernelOutput, Expression>
}

/** The name of the function of a phase. */
export const phaseName = (index: number): string => `phase${index}`

/** What a kernel is made for. */
export interface KernelShape {
  /** What it computes besides the value, where the loss has it. */
  readonly outputs: readonly KernelOutput[]
  readonly classCount: number
  readonly labels: 'any' | 'hard'
  /** Whether threads share its memory. */
  readonly isShared: boolean
}

/** Writes a module for the program of a loss: a function a phase, and one that checks what it is given. */
export function emitKernel(program: LossProgram, shape: KernelShape): EmittedKernel {
  const { outputs: names, classCount, labels, isShared } = shape
  const outputs = chosenOutputs(program, names)
  const phases = schedule([...outputs.values()])
  const layout = layOut(phases, outputs, classCount)
  const bytes = encodeModule(
    [
      ...phases.map((phase, index) => ({ name: phaseName(index), builder: emitPhase(phase, layout, outputs) })),
      { name: 'check', builder: emitCheck(labels), returns: true },
    ],
    isShared,
  )
  return { bytes, phases, layout, outputs }
}
