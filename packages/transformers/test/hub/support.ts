import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { inspect } from 'node:util'
import { expect } from 'vitest'
import type { LocalHub } from '../support/local-hub.ts'

/** The content of every file of a folder, by its path with forward slashes. */
export function filesIn(folder: string): Record<string, Buffer> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort()
  return Object.fromEntries(paths.map((path) => [relative(folder, path).replaceAll('\\', '/'), readFileSync(path)]))
}

/** Expects an error of a hub, in none of whose parts the token is. */
export async function expectFailure(
  work: Promise<unknown>,
  { token }: Pick<LocalHub, 'token'>,
  expected: { readonly code?: string; readonly argument?: string; readonly message: RegExp },
): Promise<void> {
  const error = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  const { code = 'hub', message, ...rest } = expected
  expect(error).toMatchObject({ name: 'DblossError', code, message: expect.stringMatching(message), ...rest })
  expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(token)
}
