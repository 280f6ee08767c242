import { dataError } from './data-error.ts'
import { isRecord, parseJson } from './json.ts'

/**
 * The names of the classes that a column's integers stand for, as the `datasets` library of Hugging Face writes them into
 * the key-value metadata of a Parquet file: a `ClassLabel`, perhaps inside a `Sequence` or `List`.
 *
 * @param huggingface the JSON under the key `huggingface`.
 * @returns nothing where the column is no `ClassLabel`.
 * @throws DblossError `data` with the file for metadata that is not JSON, and for names that are not distinct strings.
 */
export function classLabelNames(
  huggingface: string | undefined,
  column: string,
  file: string,
): readonly string[] | undefined {
  if (huggingface === undefined) return undefined
  const metadata = parseJson(huggingface, `${file} key 'huggingface'`)
  const info = isRecord(metadata) && isRecord(metadata.info) ? metadata.info : {}
  const features = isRecord(info.features) ? info.features : {}
  let feature: unknown = features[column]
  // Older files write a sequence as a list of one feature.
  while (Array.isArray(feature) || (isRecord(feature) && feature.feature !== undefined)) {
    feature = Array.isArray(feature) ? feature[0] : feature.feature
  }
  if (!isRecord(feature) || feature._type !== 'ClassLabel') return undefined
  const { names } = feature
  const valid = Array.isArray(names) && names.every((name) => typeof name === 'string' && name !== '')
  if (!valid || new Set(names).size !== names.length) {
    throw dataError(
      `${file} key 'huggingface'`,
      `gives ${column} the names ${JSON.stringify(names)}`,
      names,
      'distinct names',
    )
  }
  return names
}
