import { DblossError } from '../../errors.ts'

/**
 * Sees to it that a part is one, for what comes from JSON or from JavaScript.
 *
 * @throws DblossError `argument` for anything but an object with a kind.
 */
export function checkPart(slot: string, part: unknown): void {
  if (typeof part === 'object' && part !== null && 'kind' in part) return
  throw new DblossError('argument', `${slot} is ${JSON.stringify(part)}; expected a part, as \`parts\` makes it`, {
    argument: slot,
    found: part,
    expected: 'a part',
  })
}

/** What is thrown for a part that does not belong where it stands. */
export function unknownKind(slot: string, part: unknown, expected: readonly string[]): DblossError {
  const kind = (part as { readonly kind?: unknown } | undefined)?.kind
  return new DblossError('argument', `${slot} is a part of kind '${String(kind)}'; expected ${expected.join(', ')}`, {
    argument: slot,
    found: kind,
    expected: expected.join(' | '),
  })
}
