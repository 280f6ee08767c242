import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A published package of the workspace. */
export interface WorkspacePackage {
  readonly folder: string
  readonly name: string
  readonly manifest: {
    readonly name: string
    readonly version: string
    readonly private?: boolean
    readonly exports: Readonly<Record<string, unknown>>
    readonly bin?: Readonly<Record<string, string>>
    readonly dependencies?: Readonly<Record<string, string>>
    readonly devDependencies?: Readonly<Record<string, string>>
    readonly peerDependencies?: Readonly<Record<string, string>>
  }
}

/** The published packages below `packages/`. */
export function publishedPackages(): WorkspacePackage[] {
  return readdirSync('packages')
    .map((entry) => {
      const folder = join('packages', entry)
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as WorkspacePackage['manifest']
      return { folder, name: manifest.name, manifest }
    })
    .filter(({ manifest }) => manifest.private !== true)
}

/** The names of a package's entries, as of `src/index.ts` for `.` and `src/browser.ts` for `./browser`. */
export function entryNames({ manifest }: WorkspacePackage): string[] {
  const paths = Object.keys(manifest.exports).filter((path) => path !== './package.json')
  return paths.map((path) => (path === '.' ? 'index' : path.slice(2)))
}
