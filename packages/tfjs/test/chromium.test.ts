import { describeInChromium } from '../../../test-support/describe-in-chromium.ts'

const entry = new URL('./support/conformance-page.ts', import.meta.url)
for (const backend of ['webgl', 'webgpu']) await describeInChromium('TensorFlow.js', backend, { entry })
