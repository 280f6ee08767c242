import { DblossError } from '@dbloss/core'
import { isStandardDomain, ModelGraph } from './model-graph.ts'
import { checkTensorSize } from './tensor.ts'
import { describeTensor } from './tensor-size.ts'
import type { GraphProto, ModelProto } from './types.ts'
import { graphsOf, tensorsOf } from './walk-graphs.ts'

/** The versions of the standard operators that training knows. */
const OPSETS = { minimum: 13, maximum: 21 } as const
/** The first version of the format that names its operator sets. */
const OLDEST_IR_VERSION = 3

/**
 * Checks that a model, which may come from anywhere, is one that training can work on: IR version 3 or later, standard
 * operators of opset 13 to 21, nodes in an order in which they can run, names that are given once, outputs that something
 * makes, and tensors that hold as much data as their shapes ask for. Branches and loop bodies are checked too.
 *
 * @returns the graph with its values by name.
 * @throws DblossError `model`, which says where, what was found and what to do.
 */
export function checkModel(model: ModelProto): ModelGraph {
  checkIrVersion(model)
  checkOpset(model)
  const graph = new ModelGraph(model)
  for (const each of graphsOf(graph.graph)) checkNames(each)
  for (const tensor of tensorsOf(graph.graph)) {
    if (tensor.dataLocation === 1) {
      const problem = `${describeTensor(tensor)} keeps its data in another file`
      throw refusal(problem, 'a model that holds its data: read it with readModelFile(path)')
    }
    checkTensorSize(tensor)
  }
  checkOutputs(graph)
  return graph
}

function checkIrVersion({ irVersion }: ModelProto): void {
  if (irVersion !== undefined && irVersion >= OLDEST_IR_VERSION) return
  const found = irVersion === undefined ? 'no IR version' : `IR version ${irVersion}`
  throw refusal(`the model has ${found}`, `IR version ${OLDEST_IR_VERSION} or later: export the model again`)
}

function checkOpset({ opsetImport }: ModelProto): void {
  const { minimum, maximum } = OPSETS
  const whatToDo = `opset ${minimum} to ${maximum}: export the model again with opset_version=17, or convert it with onnx.version_converter.convert_version(model, 17)`
  const versions = opsetImport.flatMap(({ domain, version }) => (isStandardDomain(domain) ? [version] : []))
  const [version] = versions
  if (versions.length > 1) throw refusal(`the model names ${versions.length} opsets of the standard operators`, 'one')
  if (version === undefined) throw refusal('the model names no opset of the standard operators', whatToDo)
  if (version < minimum || version > maximum) throw refusal(`the model uses opset ${version}`, whatToDo)
}

function checkNames({ name: graph = '', input, initializer, output }: GraphProto): void {
  for (const [what, values] of Object.entries({ input, initializer, output })) {
    const names = new Set<string>()
    for (const { name = '' } of values) {
      if (name === '') throw refusal(`an ${what} of graph '${graph}' has no name`, 'a name for each')
      if (names.has(name)) throw refusal(`graph '${graph}' has two ${what}s '${name}'`, 'names that are given once')
      names.add(name)
    }
  }
}

function checkOutputs({ graph, producers, initializers }: ModelGraph): void {
  const inputs = new Set(graph.input.map(({ name }) => name))
  for (const { name = '' } of graph.output) {
    if (producers.has(name) || initializers.has(name) || inputs.has(name)) continue
    throw refusal(`nothing makes the output '${name}'`, 'outputs that a node makes')
  }
}

function refusal(found: string, expected: string): DblossError {
  return new DblossError('model', `${found}; expected ${expected}`, { argument: 'model', found, expected })
}
