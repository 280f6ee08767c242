import fc from 'fast-check'
import { parseHTML } from 'linkedom'
import { describe, expect, test } from 'vitest'
import { percent, percentRange, probability, shortened } from '../../src/report/format.ts'
import { html, scriptJson } from '../../src/report/html.ts'

describe('html', () => {
  test('any text comes back as the text of an element and as an attribute', () => {
    // A parser makes line breaks of carriage returns, and drops the character 0.
    const text = fc.string({ unit: 'binary' }).map((made) => made.replaceAll(/[\r\0]/g, ''))
    fc.assert(
      fc.property(text, (value) => {
        const page = parseHTML(html`<!doctype html><html><body><p title="${value}">${value}</p></body></html>`.html)
        const element = page.document.querySelector('p') as unknown as {
          textContent: string
          getAttribute(name: string): string
        }
        expect(element.textContent).toBe(value)
        expect(element.getAttribute('title')).toBe(value)
      }),
    )
  })

  test('markup stays markup, lists are joined, what is not there leaves nothing', () => {
    expect(html`<ul>${[html`<li>a</li>`, html`<li>${'<'}</li>`]}</ul>${false}${undefined}${0}`.html).toBe(
      '<ul><li>a</li><li>&lt;</li></ul>0',
    )
  })

  test('JSON cannot end its element, and says the same', () => {
    const value = { name: '</script><!--', missing: Number.NaN }
    expect(scriptJson(value).html).not.toContain('<')
    expect(JSON.parse(scriptJson(value).html)).toEqual({ name: '</script><!--', missing: null })
  })
})

describe('numbers', () => {
  test.each([
    [0.5432, '54.3'],
    [-0.012, '−1.2'],
    [-0.0001, '0.0'],
    [Number.NaN, '–'],
  ])('%d is %s percent', (value, text) => {
    expect(percent(value)).toBe(text)
  })

  test('ranges and probabilities', () => {
    expect(percentRange({ lower: -0.01, upper: 0.2 })).toBe('−1.0 to 20.0')
    expect([0.00001, 0.0012, 0.5].map(probability)).toEqual(['< 0.01 %', '0.12 %', '50 %'])
  })
})

describe('shortened', () => {
  test.each([
    ['short', 10, 'short'],
    ['exactly-10', 10, 'exactly-10'],
    ['eleven-char', 10, 'eleven-ch…'],
    ['one\nline', 10, 'one line'],
    ['日本語の名前', 6, '日本…'],
    ['👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 4, '👩‍👩‍👧‍👦…'],
  ])('%s in the room of %d letters is %s', (text, room, expected) => {
    expect(shortened(text, room)).toBe(expected)
  })
})
