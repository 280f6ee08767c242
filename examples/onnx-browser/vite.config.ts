import { defaultClientConditions, defineConfig } from 'vite'

export default defineConfig({
  // Relative, so that the built page works in any folder of any server.
  base: './',
  // The packages of this repository from their sources: nothing has to be built before.
  resolve: { conditions: ['@dbloss/source', ...defaultClientConditions] },
  // ONNX Runtime finds its WebAssembly beside its program, which must stay where it is for that.
  optimizeDeps: { exclude: ['onnxruntime-web'] },
  // WebAssembly may use several cores only in a page that is isolated from others.
  server: { headers: isolation() },
  preview: { headers: isolation() },
  build: { target: 'es2022' },
})

function isolation(): Record<string, string> {
  return { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }
}
