import { RawImage } from '@huggingface/transformers'
import { dataError } from '../data/data-error.ts'
import { firstLineOf } from '../first-line.ts'

/**
 * Decodes an image as transformers.js does.
 *
 * @param name what messages call the image.
 * @throws DblossError `data` when it cannot be decoded to its end: the decoder fails on a truncated file, instead of filling
 * it up with grey.
 */
export async function decodeImage(bytes: Uint8Array, name: string): Promise<RawImage> {
  try {
    return await RawImage.fromBlob(new Blob([bytes as Uint8Array<ArrayBuffer>]))
  } catch (error) {
    const reason = firstLineOf(error)
    const problem = `cannot be read as an image: ${reason}`
    throw dataError(name, problem, reason, 'an image that can be decoded to its end', error)
  }
}
