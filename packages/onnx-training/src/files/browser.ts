import { DblossError } from '@dbloss/core'
import type { Files } from './files.ts'

async function refuse(path: string): Promise<never> {
  throw new DblossError('argument', `there are no files in a browser, so ${path} cannot be used; pass bytes instead`, {
    argument: 'path',
    found: path,
    expected: 'the bytes of the file, instead of a path',
  })
}

export const readFile: Files['readFile'] = refuse
export const openModel: Files['openModel'] = refuse
export const openBeside: Files['openBeside'] = refuse
export const exists: Files['exists'] = refuse
export const writeFileAtomic: Files['writeFileAtomic'] = refuse
export const removeUnfinished: Files['removeUnfinished'] = refuse
export const removeFile: Files['removeFile'] = refuse
export const beside: Files['beside'] = (_path, name) => name
