import { readFileSync } from 'node:fs'

/** How far a block is checked. */
export interface Depth {
  readonly kind: 'run' | 'types only' | 'skipped'
  /** Why it is not run; said in the output. */
  readonly reason?: string
}

/** Text of a page with the line where it begins. */
export interface Excerpt {
  readonly page: string
  /** Of the first of `lines`, from 1. */
  readonly line: number
  readonly lines: readonly string[]
}

/** A fenced block of code. */
export interface CodeBlock extends Excerpt {
  /** What follows the fence, as `ts`; empty where nothing does. */
  readonly language: string
  readonly depth: Depth
  /** TypeScript of the last comment `<!-- given … -->`: what the blocks after it take as known. */
  readonly given: Excerpt
}

const depthComment = /^<!-- blocks: (run|types only|skipped)(?:, because (.+))? -->$/

/**
 * The fenced blocks of a page. Comments, which readers do not see, say what holds for all blocks below them:
 * `<!-- blocks: run -->`, `<!-- blocks: types only, because … -->`, `<!-- blocks: skipped, because … -->`, and
 * `<!-- given` with lines of TypeScript up to `-->`.
 *
 * @throws Error for a comment or a fence that does not end, and for a depth without a reason.
 */
export function readCodeBlocks(page: string): CodeBlock[] {
  const lines = readFileSync(page, 'utf8').split('\n')
  const blocks: CodeBlock[] = []
  let depth: Depth = { kind: 'run' }
  let given: Excerpt = { page, line: 1, lines: [] }
  /** The lines up to an end. */
  const upTo = (start: number, end: RegExp): Excerpt => {
    const length = lines.slice(start).findIndex((line) => end.test(line))
    if (length === -1) throw new Error(`${page}:${start}: has no end`)
    return { page, line: start + 1, lines: lines.slice(start, start + length) }
  }
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index]!
    if (line.startsWith('<!-- blocks:')) depth = readDepth(line, `${page}:${index + 1}`)
    else if (line.trim() === '<!-- given') {
      given = upTo(index + 1, /^-->/)
      index += given.lines.length + 1
    } else if (line.startsWith('```')) {
      const content = upTo(index + 1, /^```\s*$/)
      blocks.push({ ...content, language: line.slice(3).trim(), depth, given })
      index += content.lines.length + 1
    }
  }
  return blocks
}

function readDepth(comment: string, place: string): Depth {
  const [, kind, reason] = comment.match(depthComment) ?? []
  if (kind === 'run') return { kind }
  if ((kind === 'types only' || kind === 'skipped') && reason !== undefined) return { kind, reason }
  throw new Error(`${place}: expected <!-- blocks: run -->, or types only or skipped, with ", because …"`)
}
