import { checkNumber } from '../check-number.ts'
import { DblossError } from '../errors.ts'
import { createRandom } from '../random.ts'
import { classMembers } from './class-members.ts'
import { type ClassOptions, givenClasses } from './class-names.ts'
import { type DataSetLabels, type LabelInput, readHardLabels } from './label-matrix.ts'
import { type Sampler, samplerFrom, shuffledCycle } from './sampler.ts'

/** What {@link classAwareSampler} needs. */
export interface ClassAwareSamplerOptions {
  /** The labels of the training samples: 0, 1 or −1, which counts as not carried. */
  readonly labels: LabelInput
  /** A non-negative integer; the same seed gives the same order everywhere. */
  readonly seed: number
  /** How many samples are shown for a drawn class. Default 3. */
  readonly samplesPerClass?: number
  /** Divides the length of an epoch. Default 4. */
  readonly reduce?: number
  /** C; for lists of class indices the default is their largest index + 1. */
  readonly classCount?: number
}

/** As {@link ClassAwareSamplerOptions}, for labels that may also name their classes. */
export interface NamedClassAwareSamplerOptions extends Omit<ClassAwareSamplerOptions, 'labels'>, ClassOptions {
  /** The labels of the training samples: 0, 1 or −1, which counts as not carried. */
  readonly labels: DataSetLabels
}

/**
 * Class-aware sampling (Shen et al., ECCV 2016; Wu et al., ECCV 2020, section 3.1): goes over the classes in random order,
 * a new one each cycle, and shows for each the next `samplesPerClass` samples of that class's own shuffled cycle.
 * An epoch has `max_i n_i · C / reduce` samples, rounded up.
 *
 * Take the statistics for the loss from the labels themselves, not from the re-sampled ones.
 *
 * @throws DblossError `labels` for soft labels and for classes without a sample, which it names; `shape`, `argument`.
 */
export function classAwareSampler(options: ClassAwareSamplerOptions | NamedClassAwareSamplerOptions): Sampler {
  const { labels, seed, samplesPerClass = 3, reduce = 4 } = options
  checkNumber('samplesPerClass', samplesPerClass, { integer: true, minimum: 1 })
  checkNumber('reduce', reduce, { above: 0 })
  const read = readHardLabels(labels, 'class-aware sampling', givenClasses(options))
  const members = classMembers(read)
  const empty = members.flatMap((samples, index) => (samples.length === 0 ? [index] : []))
  if (empty.length > 0) {
    const named = empty.length === 1 ? `class ${empty[0]} has` : `classes ${empty.join(', ')} have`
    throw new DblossError('labels', `${named} no sample; class-aware sampling draws from every class`, {
      argument: 'labels',
      found: empty,
      expected: 'at least one sample of each class',
    })
  }

  const random = createRandom(seed)
  const nextClass = shuffledCycle([...members.keys()], random)
  const nextMember = members.map((samples) => shuffledCycle(samples, random))
  let current = 0
  let left = 0
  const largest = members.reduce((most, samples) => Math.max(most, samples.length), 0)
  return samplerFrom(Math.ceil((largest * read.classCount) / reduce), () => {
    if (left === 0) {
      current = nextClass()
      left = samplesPerClass
    }
    left--
    return nextMember[current]!()
  })
}
