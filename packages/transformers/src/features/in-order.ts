/**
 * Works on items ahead of the reader, on at most `limit` at a time, and gives the results in the order of the items. A
 * failure is thrown when its turn comes. When the reader ends early, what was begun is waited for.
 */
export async function* inOrder<Item, Result>(
  items: Iterable<Item>,
  limit: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void> {
  const begun: Promise<Result>[] = []
  try {
    for (const item of items) {
      const result = work(item)
      result.catch(() => undefined)
      begun.push(result)
      if (begun.length === limit) yield await begun.shift()!
    }
    for (let next = begun.shift(); next !== undefined; next = begun.shift()) yield await next
  } finally {
    await Promise.allSettled(begun)
  }
}
