import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { writeExampleFolder } from './example-folder.ts'
import type { BlockProgram } from './programs.ts'

/**
 * Runs programs one after the other, each in a folder of examples; what they print is not shown.
 *
 * @returns a line for each that fails.
 */
export async function runPrograms(files: ReadonlyMap<string, BlockProgram>): Promise<string[]> {
  const errors: string[] = []
  const { log, warn } = console
  const before = process.cwd()
  const folder = mkdtempSync(join(tmpdir(), 'dbloss-code-blocks-'))
  const urls = [...files].map(([file, program]) => ({ url: pathToFileURL(resolve(file)).href, program }))
  Object.assign(console, { log: () => {}, warn: () => {} })
  try {
    await writeExampleFolder(join(folder, 'examples'))
    for (const [index, { url, program }] of urls.entries()) {
      try {
        cpSync(join(folder, 'examples'), join(folder, String(index)), { recursive: true })
        process.chdir(join(folder, String(index)))
        await import(url)
      } catch (error) {
        const { page, line } = program.blocks[0]!
        errors.push(`${page}:${line}: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  } finally {
    Object.assign(console, { log, warn })
    process.chdir(before)
    rmSync(folder, { recursive: true })
  }
  return errors
}
