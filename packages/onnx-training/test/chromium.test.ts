import { fileURLToPath } from 'node:url'
import { describeInChromium } from '../../../test-support/describe-in-chromium.ts'

const page = {
  entry: new URL('./support/conformance-page.ts', import.meta.url),
  // The runtime loads its WebAssembly from beside the page's program.
  folder: fileURLToPath(new URL('.', import.meta.resolve('onnxruntime-web/wasm'))),
}
// Headless Chromium has no GPU here; SwiftShader is one in software.
const softwareGpu = ['--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan']

await describeInChromium('onnxruntime-web', 'wasm, float32', page)
await describeInChromium('onnxruntime-web', 'wasm, float64', page)
await describeInChromium('onnxruntime-web', 'webgpu', { ...page, flags: softwareGpu })
