import { DblossError } from '@dbloss/core'

const part = '\\w(?:[\\w.-]{0,94}\\w)?'
const wellFormed = new RegExp(`^${part}/${part}$`)

/**
 * Checks the name of a model repository, by the hub's own rules.
 *
 * @throws DblossError `argument` for one that is not `user/name` of letters, digits, `-`, `_` and `.`, each part at most 96 long,
 * beginning and ending with neither `-` nor `.`, without `--` or `..`, and not ending in `.git`.
 */
export function checkRepository(repository: string): void {
  if (wellFormed.test(repository) && !/--|\.\.|\.git$/.test(repository)) return
  const expected = 'user/name of letters, digits, -, _ and .'
  throw new DblossError('argument', `repository is '${repository}'; expected ${expected}`, {
    argument: 'repository',
    found: repository,
    expected,
  })
}
