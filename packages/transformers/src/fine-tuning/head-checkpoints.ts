import { readFile } from 'node:fs/promises'
import { DblossError } from '@dbloss/core'
import { decodeSafetensors, encodeSafetensors, type SafetensorsTensor, writeFileAtomic } from '@dbloss/onnx-training'
import type { HeadCheckpoint, HeadCheckpoints } from './head-training.ts'
import { progressFrom } from './training-progress.ts'

const headFormat = 'dbloss-head-checkpoint-1'

/**
 * Checkpoints of a head in a safetensors file: `state/…` is what the optimizer goes on from, `best/…` the parameters of the
 * best epoch; the progress and the state of the source of inputs are in the metadata. Each replaces the one before as a whole.
 */
export function headCheckpoints(path: string): HeadCheckpoints {
  return {
    read: async () => {
      const bytes = await readFile(path).catch(() => undefined)
      if (bytes === undefined) return undefined
      const { tensors, metadata } = decodeSafetensors(bytes)
      if (metadata.format !== headFormat) {
        throw new DblossError('data', `${path} is no checkpoint of a head; expected the format ${headFormat}`, {
          argument: 'checkpoints',
          found: metadata.format,
          expected: headFormat,
        })
      }
      return headCheckpointFrom(tensors, metadata)
    },
    write: ({ progress, state, best }) => {
      const named = [...entries(state.tensors, 'state/'), ...(best === undefined ? [] : entries({ ...best }, 'best/'))]
      const tensors = named.map(([name, data]) => [name, tensorOf(data)] as const)
      const metadata = {
        ...{ format: headFormat, step: String(state.step), progress: JSON.stringify(progress) },
        ...(state.inputSource === undefined ? {} : { inputSource: JSON.stringify(state.inputSource) }),
      }
      return writeFileAtomic(path, encodeSafetensors(Object.fromEntries(tensors), metadata))
    },
  }
}

type Values = Float32Array | Float64Array

function headCheckpointFrom(
  tensors: Readonly<Record<string, SafetensorsTensor>>,
  { step, progress, inputSource }: Readonly<Record<string, string>>,
): HeadCheckpoint {
  const under = (prefix: string) =>
    Object.fromEntries(
      Object.entries(tensors)
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, { data }]) => [name.slice(prefix.length), data as Values]),
    )
  const state = {
    ...{ step: Number(step), tensors: under('state/') },
    ...(inputSource === undefined ? {} : { inputSource: JSON.parse(inputSource) as unknown }),
  }
  const { weights, bias } = under('best/')
  const best = weights === undefined || bias === undefined ? {} : { best: { weights, bias } }
  return { progress: progressFrom(JSON.parse(progress!)), state, ...best }
}

function entries(tensors: Readonly<Record<string, Values>>, prefix: string): [string, Values][] {
  return Object.entries(tensors).map(([name, data]) => [`${prefix}${name}`, data])
}

function tensorOf(data: Values): SafetensorsTensor {
  const dtype = data instanceof Float64Array ? 'F64' : 'F32'
  return { dtype, shape: [data.length], data } as SafetensorsTensor
}
