import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: ['packages/*/vitest.config.ts'],
    // The report is what `pnpm check` counts the tests from.
    reporters: ['default', ['json', { outputFile: 'reports/vitest.json' }]],
  },
})
