/** An item on the page. */
export interface ItemView {
  readonly element: Element
  /** Shows what has changed. */
  update(): void
}

/**
 * Shows a list of items, each by an element that stays while its item does, with the focus that it may have.
 *
 * @returns a function to call when items have come, gone or changed.
 */
export function keyedList<Item>(
  container: Element,
  items: () => readonly Item[],
  show: (item: Item) => ItemView,
): () => void {
  const views = new Map<Item, ItemView>()
  return () => {
    const current = items()
    for (const [item, { element }] of views) {
      if (current.includes(item)) continue
      element.remove()
      views.delete(item)
    }
    for (const item of current) {
      let view = views.get(item)
      if (view === undefined) {
        view = show(item)
        views.set(item, view)
        container.append(view.element)
      }
      view.update()
    }
  }
}
