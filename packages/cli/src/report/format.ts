import type { Interval } from './numbers/comparison.ts'

/** In percent with one digit; `–` for NaN. */
export function percent(value: number): string {
  if (Number.isNaN(value)) return '–'
  const text = Math.abs(100 * value).toFixed(1)
  return value < 0 && text !== '0.0' ? `−${text}` : text
}

/** `51.2 to 57.9`, in percent. */
export function percentRange({ lower, upper }: Pick<Interval, 'lower' | 'upper'>): string {
  return Number.isNaN(lower) ? '–' : `${percent(lower)} to ${percent(upper)}`
}

/** A probability in percent, with the digits that a small one needs. */
export function probability(value: number): string {
  const hundred = 100 * value
  return `${hundred < 0.01 ? '< 0.01' : hundred < 1 ? hundred.toFixed(2) : hundred.toFixed(0)} %`
}

/** `1,234`. */
export function whole(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 1 })
}

/** `1 label`, `2,000 labels`. */
export function counted(count: number, noun: string): string {
  return `${whole(count)} ${noun}${count === 1 ? '' : 's'}`
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })
/** What takes the room of about two letters: East Asian characters and emoji. */
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u

/** Latin letters that are broader than most. */
const broad = /^[A-Zmw@%]/

/** Shortens text to the room of so many letters, between characters as readers see them. */
export function shortened(text: string, room: number): string {
  const oneLine = text.replaceAll(/\s+/g, ' ')
  let used = 0
  let kept = ''
  for (const { segment } of graphemes.segment(oneLine)) {
    used += wide.test(segment) ? 2 : broad.test(segment) ? 1.5 : 1
    if (used > room) return `${kept.slice(0, kept.length - lastLength(kept))}…`
    kept += segment
  }
  return kept
}

/** The length of the last grapheme, which makes room for the dots. */
function lastLength(text: string): number {
  return [...graphemes.segment(text)].at(-1)?.segment.length ?? 0
}

/** For texts without markup: a name that does not turn what is beside it (first-strong isolate of Unicode). */
export function isolated(text: string): string {
  return `\u2068${text}\u2069`
}
