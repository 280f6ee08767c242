import { defineProject } from 'vitest/config'

export default defineProject({
  resolve: { conditions: ['@dbloss/source'] },
  ssr: { resolve: { conditions: ['@dbloss/source'] } },
  test: { name: 'scripts', include: ['test/**/*.test.ts'] },
})
