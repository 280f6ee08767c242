import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: ['packages/*/vitest.config.ts', 'scripts/vitest.config.ts'],
    // One fewer than cores, as by itself, would be one alone on the two of CI.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // The report is what `pnpm check` counts the tests from.
    reporters: ['default', ['json', { outputFile: 'reports/vitest.json' }]],
  },
})
