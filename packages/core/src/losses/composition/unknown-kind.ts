import { DblossError } from '../../errors.ts'

/** What is thrown for a part that does not belong where it stands. */
export function unknownKind(slot: string, part: unknown, expected: readonly string[]): DblossError {
  const kind = (part as { readonly kind?: unknown } | undefined)?.kind
  return new DblossError('argument', `${slot} is a part of kind '${String(kind)}'; expected ${expected.join(', ')}`, {
    argument: slot,
    found: kind,
    expected: expected.join(' | '),
  })
}
