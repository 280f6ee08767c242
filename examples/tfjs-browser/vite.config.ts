import { defaultClientConditions, defineConfig } from 'vite'

export default defineConfig({
  // Relative, so that the built page works in any folder of any server.
  base: './',
  resolve: {
    // The packages of this repository from their sources: nothing has to be built before.
    conditions: ['@dbloss/source', ...defaultClientConditions],
    // Two copies would have two engines, and tensors of one are unknown to the other.
    dedupe: ['@tensorflow/tfjs-core'],
  },
  // TensorFlow.js with its shaders is one large chunk; the page needs all of it.
  build: { target: 'es2022', chunkSizeWarningLimit: 4000 },
})
