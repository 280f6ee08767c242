/**
 * Fails when a package imports one that it must not know: cli → transformers → onnx-training → core; tfjs → wasm → core;
 * conformance → core. Other packages are adapters, which import core alone. Within core, losses and metrics know formulas and
 * labels, which know nothing of them.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const allowed: Readonly<Record<string, readonly string[]>> = {
  core: [],
  conformance: ['core'],
  wasm: ['core'],
  tfjs: ['core', 'wasm'],
  'onnx-training': ['core'],
  transformers: ['core', 'onnx-training', 'wasm'],
  cli: ['core', 'onnx-training', 'transformers'],
}

/** The folders of core that each of them may import, besides itself and the files beside them. */
const allowedInCore: Readonly<Record<string, readonly string[]>> = {
  formula: [],
  labels: [],
  losses: ['formula', 'labels'],
  metrics: ['formula', 'labels'],
}

function isWrongInCore(file: string, specifier: string): boolean {
  const [folder] = file.split('/')
  const [target] = join(dirname(file), specifier).split('/')
  return (
    folder! in allowedInCore && target! in allowedInCore && ![folder!, ...allowedInCore[folder!]!].includes(target!)
  )
}

/** Runtimes that only a user's program may load; packages take them as arguments. */
const forbiddenEverywhere = /^(onnxruntime-node|onnxruntime-web|onnxruntime-common|vitest)$/

const specifiers = /(?:from|import)\s*\(?\s*'([^']+)'/g

let violations = 0
for (const name of readdirSync('packages')) {
  const mayImport = allowed[name] ?? ['core']
  const source = join('packages', name, 'src')
  for (const file of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue
    const text = readFileSync(join(source, file), 'utf8').replaceAll(/^\s*(\*|\/\/|\/\*).*$/gm, '')
    for (const [, specifier] of text.matchAll(specifiers)) {
      const sibling = specifier === 'dbloss' ? 'cli' : specifier?.match(/^@dbloss\/([^/]+)/)?.[1]
      // A package's own name occurs in the texts of examples only.
      const isWrongSibling = sibling !== undefined && sibling !== name && !mayImport.includes(sibling)
      const isExternalInCore = name === 'core' && !specifier!.startsWith('.')
      const isWrongFolder = name === 'core' && isWrongInCore(file, specifier!)
      if (isWrongSibling || isExternalInCore || isWrongFolder || forbiddenEverywhere.test(specifier!)) {
        violations++
        console.error(`${join(source, file)} imports ${specifier}`)
      }
    }
  }
}
console.log(violations === 0 ? 'imports run one way' : `${violations} imports run the wrong way`)
process.exitCode = violations === 0 ? 0 : 1
