/**
 * Streams generated label rows through the statistics, keeping every distinct label set, and prints seconds and peak memory
 * of the whole process: `pnpm --filter @dbloss/benchmarks labels [rows] [classes]`.
 */
import { createRandom, imbalanceMeasures, labelStatisticsBuilder } from '@dbloss/core'

const [rowCount = 10_000_000, classCount = 1000] = process.argv.slice(2).map(Number)

/** The class at each of 2^16 steps of the distribution in which the probability of a class falls like 1/rank. */
const quantiles = Uint32Array.from({ length: 2 ** 16 }, (_, step) => (classCount + 1) ** (step / 2 ** 16) - 1)

/** About three labels a row, drawn independently, which makes more distinct label sets than real data have. */
function* generatedRows(): Generator<number[]> {
  const random = createRandom(11)
  for (let row = 0; row < rowCount; row++) {
    const labels: number[] = []
    const draws = 1 + Math.floor(random.next() * 5)
    for (let draw = 0; draw < draws; draw++) {
      const index = quantiles[random.integer(quantiles.length)]!
      if (!labels.includes(index)) labels.push(index)
    }
    yield labels
  }
}

const seconds = (start: number): string => `${((performance.now() - start) / 1000).toFixed(1)} s`

const start = performance.now()
const builder = labelStatisticsBuilder({ classCount })
builder.addBatch(generatedRows())
console.log(`${rowCount} rows with ${classCount} classes, generated and counted: ${seconds(start)}`)
const statistics = builder.finish()
console.log(`and brought into order, ${statistics.labelSets?.length} distinct label sets: ${seconds(start)}`)
console.log(`peak memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`)

const measured = performance.now()
const { cardinality, meanIR, scumble } = imbalanceMeasures(statistics)
console.log(
  `cardinality ${cardinality.toFixed(3)}, meanIR ${meanIR.toFixed(1)}, SCUMBLE ${scumble.toFixed(3)}: ${seconds(measured)}`,
)
