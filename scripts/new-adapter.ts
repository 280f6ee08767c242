/**
 * `pnpm new-adapter <name>` makes an adapter from `packages/adapter-template` in `packages/<name>`;
 * `--into <folder>` makes a project of its own there, for another repository.
 */
import { parseArgs } from 'node:util'
import { createAdapter, createOwnAdapter } from './create-adapter.ts'

const usage = 'usage: pnpm new-adapter <name> [--into <folder>]'

try {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { into: { type: 'string' } } })
  const [name] = positionals
  if (name === undefined || positionals.length > 1) throw new Error(usage)
  const folder = values.into === undefined ? createAdapter(name) : createOwnAdapter(name, values.into)
  const next =
    values.into === undefined
      ? ['pnpm install', `pnpm exec vitest run --project ${name}`, `pnpm --filter @dbloss/${name} add <your framework>`]
      : [`cd ${folder} && npm install`, 'npm test', 'npm install <your framework>']
  console.log(`${folder} is an adapter for plain typed arrays, and passes the suite. Next:\n`)
  console.log(`${next.map((command) => `  ${command}`).join('\n')}\n`)
  console.log('docs/new-adapter.md leads on from there.')
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
