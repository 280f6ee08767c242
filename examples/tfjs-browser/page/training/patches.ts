import * as tf from '@tensorflow/tfjs-core'
import type { Picture } from '../pictures/picture-set.ts'
import { pictureSize } from '../pictures/scene.ts'

const [patchSize, stride] = [12, 4]

/** Patches in each direction. */
const across = (pictureSize - patchSize) / stride + 1

/** How many patches a picture has, and how many numbers a patch. */
export const patchShape: [count: number, length: number] = [across * across, patchSize * patchSize * 3]

/**
 * The overlapping patches of pictures, [N, patches, numbers] from −1 to 1. A dense layer on them is a convolution, but its
 * gradient is a product of matrices, which every backend has and does fast.
 */
export function picturePatches(pictures: readonly Picture[]): tf.Tensor3D {
  const values = new Float32Array(pictures.length * patchShape[0] * patchShape[1])
  let at = 0
  for (const { pixels } of pictures) {
    for (let patch = 0; patch < across * across; patch++) {
      const [left, top] = [stride * (patch % across), stride * Math.floor(patch / across)]
      for (let y = top; y < top + patchSize; y++) {
        for (let x = left; x < left + patchSize; x++) {
          for (let channel = 0; channel < 3; channel++) {
            values[at++] = pixels.data[(y * pictureSize + x) * 4 + channel]! / 127.5 - 1
          }
        }
      }
    }
  }
  return tf.tensor3d(values, [pictures.length, ...patchShape])
}
