import { defineProject } from 'vitest/config'

export default defineProject({
  resolve: { conditions: ['@dbloss/source'] },
  ssr: { resolve: { conditions: ['@dbloss/source'] } },
  test: { name: 'adapter-template', include: ['test/**/*.test.ts'], testTimeout: 60_000 },
})
