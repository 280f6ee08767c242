/** Names of classes for messages: at most `limit`, then how many more. */
export function classListText(
  classes: readonly number[],
  classNames: readonly string[] | undefined,
  limit: number,
): string {
  const shown = classes.slice(0, limit).map((index) => classNames?.[index] ?? `class ${index}`)
  return [...shown, ...(classes.length > limit ? [`${classes.length - limit} more`] : [])].join(', ')
}

/** A share in per cent with one digit. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
