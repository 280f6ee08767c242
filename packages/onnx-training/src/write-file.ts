import { removeUnfinished as remove, writeFileAtomic as write } from '#files'

/**
 * Writes a file in Node as a whole: under a temporary name in the same folder, which then takes the place of `path`. After
 * an error nothing of it is left.
 *
 * @throws DblossError `output`, naming the path and the reason; `argument` in a browser.
 */
export function writeFileAtomic(path: string, chunks: readonly Uint8Array[]): Promise<void> {
  return write(path, chunks)
}

/**
 * Removes from a folder what killed processes have left of files that they wrote by {@link writeFileAtomic}.
 *
 * @throws DblossError `argument` in a browser. Rejects as `readdir` of Node when the folder cannot be read.
 */
export function removeUnfinished(folder: string): Promise<void> {
  return remove(folder)
}
