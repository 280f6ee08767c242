/**
 * Fails when ARCHITECTURE.md names a file or folder that does not exist. A name is looked for from the root, in the packages, in
 * the folder that the heading above it gives in brackets, and beside the name before it in the same line.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const page = 'ARCHITECTURE.md'

/** Paths in backticks or in a drawing: with a slash, or with the ending of a file. Names of packages begin with an @. */
const names = /(?<![\w@./:-])[\w.-]+(?:\/[\w.*-]+)*\.(?:ts|md|json|yml)\b|(?<![\w@./:-])\.?[\w-]+(?:\/[\w.*-]+)+\/?/g

function exists(path: string): boolean {
  if (!path.includes('*')) return existsSync(path)
  const folder = dirname(path)
  return existsSync(folder) && readdirSync(folder).some((entry) => entry.endsWith(path.slice(path.indexOf('*') + 1)))
}

let section = 'packages/core/src'
let isDrawing = false
let count = 0
const missing: string[] = []
readFileSync(page, 'utf8')
  .split('\n')
  .forEach((line, index) => {
    if (line.startsWith('```')) isDrawing = !isDrawing
    const [, folder] = line.match(/^## .*\(`(.+)`\)$/) ?? []
    if (line.startsWith('## ')) section = folder ?? 'packages/core/src'
    const texts = isDrawing ? [line] : [...line.matchAll(/`([^`\s]+)`/g)].map(([, text]) => text!)
    let beside = section
    for (const name of texts.flatMap((text) => text.match(names) ?? [])) {
      const path = ['.', 'packages', section, beside].map((parent) => join(parent, name)).find(exists)
      if (path === undefined) missing.push(`${page}:${index + 1}: there is no ${name}`)
      else beside = dirname(path)
      count++
    }
  })
for (const line of missing) console.error(line)
console.log(`${count - missing.length} of the ${count} files and folders that ${page} names exist`)
process.exitCode = missing.length === 0 ? 0 : 1
