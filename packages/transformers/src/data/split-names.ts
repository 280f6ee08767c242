/** The parts of a data set. */
export type SplitName = 'train' | 'validation' | 'test'

/** The spellings of the splits, as folders and files of data sets have them. */
const spellings: Readonly<Record<string, SplitName>> = {
  train: 'train',
  validation: 'validation',
  valid: 'validation',
  val: 'validation',
  test: 'test',
}

/** The split that a name means, in any of its spellings. */
export function splitNamed(name: string): SplitName | undefined {
  return Object.hasOwn(spellings, name) ? spellings[name] : undefined
}
