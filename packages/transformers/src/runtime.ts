import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DblossError } from '@dbloss/core'
import { GraphBuilder, type Ort } from '@dbloss/onnx-training'
import { AutoModel, Tensor } from '@huggingface/transformers'

let loaded: Promise<Ort> | undefined

/**
 * The ONNX Runtime that transformers.js has loaded. Two versions of onnxruntime-node in one process crash, so sessions of
 * our own come from the same one. transformers.js does not export it; a session that it makes has the class.
 *
 * @throws DblossError `runtime` when its session is none that we know.
 */
export function transformersRuntime(): Promise<Ort> {
  loaded ??= probe()
  return loaded
}

async function probe(): Promise<Ort> {
  const folder = await mkdtemp(join(tmpdir(), 'dbloss-probe-'))
  try {
    const graph = new GraphBuilder('probe')
    graph.output('last_hidden_state', graph.input('pixel_values', 'float', [1]), 'float', [1])
    await mkdir(join(folder, 'onnx'))
    await writeFile(join(folder, 'onnx', 'model.onnx'), graph.toBytes())
    await writeFile(join(folder, 'config.json'), JSON.stringify({ model_type: 'vit' }))
    const model = await AutoModel.from_pretrained(folder, { dtype: 'fp32', local_files_only: true })
    try {
      return {
        InferenceSession: sessionClass(model.sessions.model),
        Tensor: new Tensor('float32', [0], [1]).ort_tensor.constructor as Ort['Tensor'],
      }
    } finally {
      await model.dispose()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function sessionClass(session: unknown): Ort['InferenceSession'] {
  const found = (session as { constructor?: Partial<Ort['InferenceSession']> } | undefined)?.constructor
  if (typeof found?.create === 'function') return found as Ort['InferenceSession']
  throw new DblossError('runtime', 'the session of transformers.js has no class with create; expected ONNX Runtime', {
    argument: '@huggingface/transformers',
    expected: 'version 4.3 or later',
  })
}
