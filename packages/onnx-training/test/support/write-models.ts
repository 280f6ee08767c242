/**
 * Writes models whose weights are all of one byte, 1 and 2 in turn, until it is killed; the test reads what is left.
 *
 * Arguments: the path, `inline` or `external` data or `once`.
 */
import { GraphBuilder, type ModelProto, writeModelFile } from '../../src/index.ts'

function model(byte: number): ModelProto {
  const graph = new GraphBuilder('weights')
  graph.output('y', graph.initializer('w', new Uint8Array(2 ** 18).fill(byte), [2 ** 18]), 'uint8')
  return graph.toModel()
}

// Otherwise exceeding the limit of a file's size ends the process.
process.on('SIGXFSZ', () => {})
const [path, ...kinds] = process.argv.slice(2) as [string, ...string[]]
const options = kinds.includes('external') ? { externalDataThreshold: 0 } : {}
try {
  for (let count = 0; count === 0 || !kinds.includes('once'); count++) {
    await writeModelFile(path, model(1 + (count % 2)), options)
    if (count === 0) console.log('written')
  }
} catch (error) {
  const { code, message } = error as Error & { code: string }
  console.log(`${code} ${message}`)
}
