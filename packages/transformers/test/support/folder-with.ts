import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { temporaryFolder } from '../../../../test-support/temporary-folder.ts'

/** The contents of files by their names, with forward slashes. */
export type Files = Readonly<Record<string, string | Uint8Array>>

/** A temporary folder with files. */
export function folderWith(files: Files): string {
  const folder = temporaryFolder()
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}
