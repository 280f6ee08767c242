import { defineConfig } from 'tsup'
import { build } from '../../tsup.base.ts'

export default defineConfig({
  ...build,
  entry: {
    index: 'src/index.ts',
    'files-node': 'src/files/node.ts',
    'files-browser': 'src/files/browser.ts',
  },
  dts: { entry: { index: 'src/index.ts' } },
  // Chosen by the conditions of package.json where the package is used.
  external: ['#files'],
})
