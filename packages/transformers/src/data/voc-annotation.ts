import { SaxesParser } from 'saxes'
import { dataError } from './data-error.ts'

/** An object of a Pascal VOC annotation. */
export interface VocObject {
  readonly name: string
  /** Objects that are hard to recognise; VOC leaves them out of its evaluation. */
  readonly difficult: boolean
}

/**
 * The objects of an annotation file of Pascal VOC: `annotation/object` with `name` and perhaps `difficult`. Parts of
 * objects have names too; they are none.
 *
 * Entities that a document defines are not expanded, so that a small file cannot become a large one.
 *
 * @throws DblossError `data` with file and line for anything that is not well-formed or not an annotation.
 */
export function parseVocAnnotation(xml: string, file: string): VocObject[] {
  const parser = new SaxesParser()
  const place = () => `${file} line ${parser.line}`
  const objects: VocObject[] = []
  const open: string[] = []
  let fields: { name?: string; difficult?: string } = {}

  const addText = (text: string) => {
    const [, , field] = open
    if (open.length !== 3 || open[1] !== 'object') return
    if (field === 'name' || field === 'difficult') fields[field] = (fields[field] ?? '') + text
  }
  parser.on('error', (error) => {
    throw dataError(place(), `is not well-formed XML: ${error.message}`, error.message, 'an annotation of VOC', error)
  })
  parser.on('opentag', ({ name }) => {
    if (open.length === 0 && name !== 'annotation') {
      throw dataError(place(), `begins with <${name}>`, name, '<annotation>')
    }
    open.push(name)
    if (open.length === 2) fields = {}
  })
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('closetag', () => {
    if (open.length === 2 && open[1] === 'object') objects.push(toObject(fields, place()))
    open.pop()
  })
  parser.write(xml).close()
  return objects
}

function toObject(fields: { readonly name?: string; readonly difficult?: string }, place: string): VocObject {
  const name = fields.name?.trim() ?? ''
  if (name === '') throw dataError(place, 'ends an object without a name', name, '<name>')
  const difficult = fields.difficult?.trim() ?? '0'
  if (difficult !== '0' && difficult !== '1') {
    throw dataError(place, `ends an object with difficult ${difficult}`, difficult, '0 or 1')
  }
  return { name, difficult: difficult === '1' }
}
