/**
 * `pnpm release:dry`: what a release would publish. In a temporary copy, changesets computes versions and changelogs, and the
 * packages are packed with them; their files are listed and checked. The packages have to be built. Nothing here is changed.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { allEnded, run } from './packages/run.ts'
import { publishedPackages, type WorkspacePackage } from './workspace.ts'

/** All that a tarball may have, and what it must have. */
const allowed =
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|bin\/\w+\.js|dist\/[\w-]+\.(js|cjs|d\.ts|d\.cts)(\.map)?)$/
const required = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'dist/index.js', 'dist/index.cjs']

const copy = mkdtempSync(join(tmpdir(), 'dbloss-release-'))

/** Copies what changesets and `pnpm pack` read: settings and manifests of all, and what the published packages ship. */
function copyWorkspace(packages: readonly WorkspacePackage[]): void {
  const manifests = ['packages', 'examples'].flatMap((parent) =>
    readdirSync(parent).map((entry) => join(parent, entry, 'package.json')),
  )
  const shipped = packages.flatMap(({ folder }) =>
    ['README.md', 'LICENSE', 'CHANGELOG.md', 'bin', 'dist'].map((name) => join(folder, name)),
  )
  const others = [
    '.changeset',
    'package.json',
    'pnpm-workspace.yaml',
    'LICENSE',
    'docs/package.json',
    'benchmarks/package.json',
  ]
  for (const path of [...others, ...manifests, ...shipped]) {
    if (existsSync(path)) cpSync(path, join(copy, path), { recursive: true })
  }
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'))
  // `pnpm pack` reads there which version a dependency within the workspace has.
  for (const { folder, manifest } of packages) {
    for (const dependency of packages.filter(
      ({ name }) => name in { ...manifest.dependencies, ...manifest.devDependencies },
    )) {
      const link = join(copy, folder, 'node_modules', dependency.name)
      mkdirSync(dirname(link), { recursive: true })
      symlinkSync(join(copy, dependency.folder), link)
    }
  }
}

/** Changesets asks git when a changeset was added. */
async function commitCopy(): Promise<void> {
  await run('git', ['init', '--quiet', '--initial-branch', 'main'], copy)
  await run('git', ['add', '.changeset', 'package.json'], copy)
  const identity = ['-c', 'user.name=dbloss', '-c', 'user.email=dbloss', '-c', 'commit.gpgsign=false']
  await run('git', [...identity, 'commit', '--quiet', '--message', 'before the release'], copy)
}

/** Packs a package of the copy, and checks its files and what it says of itself. */
async function checkTarball({ folder, name, manifest }: WorkspacePackage): Promise<string> {
  const answer = await run('pnpm', ['pack', '--json', '--pack-destination', copy], join(copy, folder))
  const { version, files, filename } = JSON.parse(answer) as {
    version: string
    filename: string
    files: readonly { path: string }[]
  }
  const paths = files.map(({ path }) => path)
  const tooMuch = paths.filter((path) => !allowed.test(path))
  const missing = required.filter((path) => !paths.includes(path))
  if (tooMuch.length > 0) throw new Error(`${name} would publish ${tooMuch.join(', ')}`)
  if (missing.length > 0) throw new Error(`${name} would be published without ${missing.join(', ')}`)
  const packed = JSON.parse(
    await run('tar', ['-xOf', filename, 'package/package.json']),
  ) as WorkspacePackage['manifest']
  const siblings = Object.entries(packed.dependencies ?? {}).filter(([key]) => key.startsWith('@dbloss/'))
  const wrong = siblings.filter(([, range]) => range !== `^${version}`)
  if (wrong.length > 0)
    throw new Error(`${name} ${version} would depend on ${wrong.map((pair) => pair.join('@')).join(', ')}`)
  const changelog = readFileSync(join(copy, folder, 'CHANGELOG.md'), 'utf8')
  const entries = changelog.match(/^- (?!Updated)/gm)?.length ?? 0
  if (!changelog.includes(`## ${version}\n`)) throw new Error(`the changelog of ${name} does not have ${version}`)
  return `${name} ${manifest.version} → ${version}, ${entries} entries in its changelog\n  ${paths.join(' ')}`
}

try {
  const packages = publishedPackages()
  copyWorkspace(packages)
  await commitCopy()
  await run('changeset', ['version'], copy)
  for (const line of await allEnded(packages.map(checkTarball))) console.log(line)
} finally {
  rmSync(copy, { recursive: true, force: true })
}
