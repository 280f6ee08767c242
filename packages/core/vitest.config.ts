import { defineProject } from 'vitest/config'

export default defineProject({
  resolve: { conditions: ['@dbloss/source'] },
  ssr: { resolve: { conditions: ['@dbloss/source'] } },
  test: {
    // Pure functions: files can share the modules that they import.
    isolate: false,
    name: 'core',
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
  },
})
