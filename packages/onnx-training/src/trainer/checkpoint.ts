import { DblossError } from '@dbloss/core'
import { decodeSafetensors, encodeSafetensors, type SafetensorsTensor } from '../safetensors.ts'
import type { TrainerState } from './trainer.ts'

const FORMAT = 'dbloss-checkpoint-1'

/**
 * A state as a safetensors file.
 *
 * @param fingerprint - what a trainer must agree with to go on from it.
 * @param extra - JSON.
 * @throws DblossError `argument` for an extra that JSON cannot hold.
 */
export function encodeCheckpoint(state: TrainerState, fingerprint: string, extra: unknown): Uint8Array[] {
  const { step, tensors, inputSource } = state
  const stored = Object.entries(tensors).map(([name, data]) => {
    const dtype = data instanceof Float64Array ? ('F64' as const) : ('F32' as const)
    return [name, { dtype, shape: [data.length], data } as SafetensorsTensor] as const
  })
  const metadata = {
    ...{ format: FORMAT, step: String(step), training: fingerprint, extra: asJson(extra) },
    ...(inputSource === undefined ? {} : { inputSource: JSON.stringify(inputSource) }),
  }
  return encodeSafetensors(Object.fromEntries(stored), metadata)
}

/**
 * @throws DblossError `data` for a file that is no checkpoint, `argument` for one of another training.
 */
export function decodeCheckpoint(
  bytes: Uint8Array,
  fingerprint: string,
): { readonly state: TrainerState; readonly extra: unknown } {
  const { tensors, metadata } = decodeSafetensors(bytes)
  if (metadata.format !== FORMAT) {
    throw new DblossError(
      'data',
      `the file has the format ${metadata.format ?? 'of no checkpoint'}; expected ${FORMAT}`,
      {
        argument: 'path',
        found: metadata.format,
        expected: FORMAT,
      },
    )
  }
  if (metadata.training !== fingerprint) {
    throw new DblossError('argument', 'the checkpoint is of another training: its weights or its optimizer differ', {
      argument: 'path',
      found: metadata.training,
      expected: fingerprint,
    })
  }
  const values = Object.entries(tensors).map(([name, { data }]) => [name, data as Float32Array | Float64Array] as const)
  return {
    state: {
      step: Number(metadata.step),
      tensors: Object.fromEntries(values),
      ...(metadata.inputSource === undefined ? {} : { inputSource: JSON.parse(metadata.inputSource) as unknown }),
    },
    extra: JSON.parse(metadata.extra ?? 'null'),
  }
}

function asJson(extra: unknown): string {
  try {
    const text: string | undefined = JSON.stringify(extra)
    if (text !== undefined) return text
    throw new TypeError(`it is ${typeof extra}`)
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause)
    throw new DblossError('argument', `extra cannot be written: ${found}; expected what JSON can hold`, {
      argument: 'extra',
      found: extra,
      expected: 'JSON',
      cause,
    })
  }
}
