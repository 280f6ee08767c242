/**
 * `pnpm release`: publishes what changesets has versioned, from the workflow of releases. Provenance is accepted only for packages
 * that name the repository whose workflow built them, so each manifest is given it here.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { publishedPackages } from './workspace.ts'

const { GITHUB_SERVER_URL, GITHUB_REPOSITORY } = process.env
if (GITHUB_SERVER_URL === undefined || GITHUB_REPOSITORY === undefined) {
  throw new Error(
    'releases are published by .github/workflows/release.yml; pnpm release:dry shows what it would publish',
  )
}
for (const { folder } of publishedPackages()) {
  const file = join(folder, 'package.json')
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as object
  const repository = { type: 'git', url: `git+${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}.git`, directory: folder }
  writeFileSync(file, `${JSON.stringify({ ...manifest, repository }, null, 2)}\n`)
}
process.exitCode = spawnSync('node_modules/.bin/changeset', ['publish'], { stdio: 'inherit' }).status ?? 1
