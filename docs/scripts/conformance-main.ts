/**
 * Writes docs/conformance.md: how each target of Node that needs no GPU compares with the float64 reference. Takes a minute or
 * two, and fails when a check does.
 */
import { writeFileSync } from 'node:fs'
import { type ConformanceResult, type ConformanceTarget, conformanceTable, runConformance } from '@dbloss/conformance'
import { onnxAdapter } from '@dbloss/onnx-training'
import { tfjsAdapter } from '@dbloss/tfjs'
import { javascriptAdapter, wasmAdapter } from '@dbloss/wasm'
import * as ort from 'onnxruntime-node'
import '@tensorflow/tfjs'
import '@tensorflow/tfjs-backend-wasm'

const targets: readonly ConformanceTarget['adapter'][] = [
  wasmAdapter,
  javascriptAdapter,
  () => tfjsAdapter({ backend: 'cpu' }),
  () => tfjsAdapter({ backend: 'wasm' }),
  () => onnxAdapter({ ort, precision: 'float32', name: 'onnxruntime-node, float32' }),
  () => onnxAdapter({ ort, precision: 'float64', name: 'onnxruntime-node, float64' }),
]
const randomFormulas = 50

const results: ConformanceResult[] = []
for (const adapter of targets) {
  const ofTarget = await runConformance({ adapter, randomFormulas })
  console.log(`${ofTarget[0]!.adapter}: ${ofTarget.length} checks`)
  results.push(...ofTarget)
}

// What is allocated is counted by the tests of the packages; checks that are not supported for one reason are named once.
const reasons = new Set<string>()
const shown = results.filter(({ group, adapter, outcome, message }) => {
  if (group === 'leaks') return false
  const reason = `${adapter} ${group} ${outcome} ${message}`
  const isNew = outcome === 'passed' || outcome === 'failed' || !reasons.has(reason)
  reasons.add(reason)
  return isNew
})
const count = (outcome: ConformanceResult['outcome']): number =>
  results.filter((result) => result.outcome === outcome && result.group !== 'leaks').length

const page = `# Target by loss

<!-- written by docs/scripts/conformance-main.ts; run pnpm docs:conformance instead of changing this page -->

What the [conformance suite](../packages/conformance) finds on the targets that run in Node without a GPU: value, elements and gradient of
each loss with every reduction against the float64 reference, on usual and extreme logits, soft and unknown labels, and in a short
training. ✓ every check passes; (✓) with an exception that is explained; – something is not supported; ✗ a check fails.

${conformanceTable(shown)}

${count('passed')} checks passed, ${count('failed')} failed, ${count('excepted')} with an exception, ${count('not supported')} not supported; ${randomFormulas} random formulas a target.
\`pnpm docs:conformance\`, ${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, onnxruntime-node 1.30.0, TensorFlow.js 4.22.0.

The tests of the packages run the same suite, and also in Chromium, on WebGPU and WebGL in software, on ONNX Runtime Web, and through the
runtime that transformers.js has loaded. The guides say what was run where: [TensorFlow.js](tfjs.md#accuracy-and-speed),
[ONNX Runtime](onnx-training.md#execution-providers), [kernels](wasm.md#how-it-is-computed).
`
writeFileSync('docs/conformance.md', page)
console.log('wrote docs/conformance.md')
process.exitCode = count('failed') === 0 ? 0 : 1
