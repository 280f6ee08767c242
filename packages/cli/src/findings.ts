import type { DatasetCheck, DuplicateImages } from '@dbloss/transformers'
import { plural } from './tables.ts'

/** Something that a check found, in words. */
export interface Finding {
  /** With its count. */
  readonly title: string
  /** A line for each case. */
  readonly details: readonly string[]
}

/** What is wrong with data, and what is only worth a look. */
export interface Findings {
  readonly problems: readonly Finding[]
  readonly remarks: readonly Finding[]
}

/** Puts what `checkDataset` found into words. */
export function findingsOf(found: DatasetCheck): Findings {
  const { unreadable, duplicates, lookAlikes, labels, withoutLabels, withoutMetadata } = found
  const across = duplicates.filter(({ acrossSplits }) => acrossSplits).length
  return {
    problems: present([
      finding(unreadable, 'picture', 'cannot be read', ({ reason }) => reason),
      finding(duplicates, 'picture', `more than once, ${across} of them in several splits`, describeGroup),
      finding(labels.neverPresent, 'label', 'that no picture has', String),
      finding(labels.alwaysPresent, 'label', 'that every picture has', String),
      ...Object.entries(labels.missingFrom).map(([split, names]) =>
        finding(names, 'label', `that ${split} lacks`, String),
      ),
    ]),
    remarks: present([
      finding(lookAlikes, 'group', 'of pictures that look the same', describeGroup),
      finding(withoutLabels, 'picture', 'without labels', ({ path }) => path),
      finding(withoutMetadata, 'file', 'that the data does not mention', String),
    ]),
  }
}

function finding<Case>(
  cases: readonly Case[],
  noun: string,
  what: string,
  describe: (oneCase: Case) => string,
): Finding {
  return { title: `${cases.length} ${plural(cases.length, noun)} ${what}`, details: cases.map((one) => describe(one)) }
}

function present(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ details }) => details.length > 0)
}

function describeGroup({ images, sameLabels }: DuplicateImages): string {
  const paths = images.map(({ path, split }) => `${path} (${split})`).join(' = ')
  return sameLabels ? paths : `${paths}, with different labels`
}
