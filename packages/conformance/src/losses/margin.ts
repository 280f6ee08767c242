import type { LossCase } from './loss-case.ts'

/** The losses of this group. */
export const marginCases: readonly LossCase[] = []
