import { dataError } from './data-error.ts'

/**
 * The labels of an image as distinct, non-empty names; none is allowed.
 *
 * @throws DblossError `data` with the place for anything else.
 */
export function checkLabelNames(labels: unknown, place: string): readonly string[] {
  if (!Array.isArray(labels) || !labels.every((label) => typeof label === 'string' && label !== '')) {
    const found = labels === undefined || labels === null ? 'has no labels' : `has labels ${JSON.stringify(labels)}`
    throw dataError(place, found, labels, 'labels: a list of non-empty strings')
  }
  const repeated = labels.find((label, index) => labels.indexOf(label) !== index)
  if (repeated !== undefined) throw dataError(place, `has the label '${repeated}' twice`, repeated, 'distinct labels')
  return labels
}
