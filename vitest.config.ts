import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['@dbloss/source'] },
  ssr: { resolve: { conditions: ['@dbloss/source'] } },
  test: { projects: ['packages/*/vitest.config.ts'] },
})
