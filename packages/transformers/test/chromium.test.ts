import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { GraphBuilder } from '@dbloss/onnx-training'
import { describeInChromium } from '../../../test-support/describe-in-chromium.ts'

const library = createRequire(fileURLToPath(import.meta.resolve('@huggingface/transformers')))
const graph = new GraphBuilder('probe')
graph.output('last_hidden_state', graph.input('pixel_values', 'float', [1]), 'float', [1])
const page = {
  entry: new URL('./support/conformance-page.ts', import.meta.url),
  // The runtime loads its WebAssembly from beside the page's program: that of the version that transformers.js pins.
  folder: dirname(library.resolve('onnxruntime-web')),
  pages: {
    '/models/probe/config.json': JSON.stringify({ model_type: 'vit' }),
    '/models/probe/onnx/model.onnx': graph.toBytes(),
  },
}
// Headless Chromium has no GPU here; SwiftShader is one in software.
const softwareGpu = ['--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan']

await describeInChromium('the runtime of transformers.js', 'wasm', page)
await describeInChromium('the runtime of transformers.js', 'webgpu', { ...page, flags: softwareGpu })
