import type { LossRegistry } from '../registry.ts'

/** The losses of this folder by name, and from their records. */
export const incrementalRegistry = {
  named: {},
  withStatistics: {},
  withoutStatistics: {},
} as const satisfies LossRegistry
