import { defaultClientConditions, defineConfig } from 'vite'

export default defineConfig({
  // Relative, so that the built page works in any folder of any server.
  base: './',
  // A file of a model that is not there must not become the page itself.
  appType: 'mpa',
  resolve: {
    // The packages of this repository from their sources: nothing has to be built before.
    conditions: ['@dbloss/source', ...defaultClientConditions],
    // transformers.js gets the runtime that the page has, without the 27 MB for WebGPU.
    alias: [{ find: /^onnxruntime-web\/webgpu$/, replacement: 'onnxruntime-web/wasm' }],
  },
  // ONNX Runtime finds its WebAssembly beside its program, which must stay where it is for that.
  optimizeDeps: { exclude: ['onnxruntime-web', '@huggingface/transformers'] },
  // WebAssembly may use several cores only in a page that is isolated from others.
  server: { headers: isolation() },
  preview: { headers: isolation() },
  // In kB: transformers.js is one file with all kinds of models.
  build: { target: 'es2022', chunkSizeWarningLimit: 700 },
})

function isolation(): Record<string, string> {
  return { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }
}
