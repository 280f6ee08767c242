import type { Options } from 'tsup'

/** One build for every package: ESM and CommonJS, types for both. */
export const build: Options = {
  entry: { index: 'src/index.ts' },
  format: ['esm', 'cjs'],
  dts: true,
  sourcemap: true,
  clean: true,
  target: 'es2022',
  treeshake: true,
}
