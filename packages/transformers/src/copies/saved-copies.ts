import { recordKey } from '../classifier-config.ts'
import { copyDtypes } from './copy-dtype.ts'
import type { ModelCopy } from './model-copy.ts'

/** What `config.json` says of copies under `dbloss.copies`, by their precisions. */
export function copiesRecord(copies: readonly ModelCopy[]): Record<string, Omit<ModelCopy, 'dtype'>> {
  return Object.fromEntries(
    copies.map(({ dtype, file, bytes, modelBytes, comparedOn, images, ...differences }) => [
      dtype,
      { file, bytes, modelBytes, comparedOn, images, ...differences },
    ]),
  )
}

/** A config with further copies, and all the copies that it then has. */
export function withCopies(
  config: Readonly<Record<string, unknown>>,
  copies: readonly ModelCopy[],
): { config: Record<string, unknown>; all: ModelCopy[] } {
  const record = asObject(config[recordKey])
  const merged = { ...asObject(record.copies), ...copiesRecord(copies) } as Record<string, Omit<ModelCopy, 'dtype'>>
  const all = copyDtypes.flatMap((dtype) => (merged[dtype] === undefined ? [] : [{ dtype, ...merged[dtype] }]))
  return { config: { ...config, [recordKey]: { ...record, copies: merged } }, all }
}

const heading = '## Smaller copies'

/** A model card with a section on copies, in the place of an earlier one. */
export function withCopiesSection(card: string, copies: readonly ModelCopy[]): string {
  const without = card.replace(new RegExp(`^${heading}\\n[\\s\\S]*?(?=^## |$(?![\\s\\S]))`, 'm'), '')
  if (copies.length === 0) return without
  const place = without.search(/^## /m)
  const [before, after] = place < 0 ? [`${without}\n`, ''] : [without.slice(0, place), without.slice(place)]
  return `${before}${copiesSection(copies)}${after}`
}

function copiesSection(copies: readonly ModelCopy[]): string {
  const [first] = copies as [ModelCopy]
  const rows = copies.map(({ dtype, file, bytes, comparedOn, images, ...differences }) => {
    const { maxLogitDifference, meanLogitDifference, agreement } = differences
    const numbers = [maxLogitDifference.toPrecision(2), meanLogitDifference.toPrecision(2), percent(agreement)]
    return `| \`${dtype}\` | \`${file}\` | ${megabytes(bytes)} | ${images} (${comparedOn}) | ${numbers.join(' | ')} |`
  })
  return `${heading}

The model itself, \`onnx/model.onnx\`, has ${megabytes(first.modelBytes)}. Differences are those of the logits; decisions are labels given or not, in percent.

| dtype | file | size | images | largest difference | mean difference | same decisions |
|---|---|---|---|---|---|---|
${rows.join('\n')}

\`\`\`js
const classify = await multiLabelPipeline('./this-folder', { dtype: '${first.dtype}' })
\`\`\`

`
}

function megabytes(bytes: number): string {
  return bytes < 1e5 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}

function percent(share: number): string {
  return (100 * share).toFixed(1)
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}
