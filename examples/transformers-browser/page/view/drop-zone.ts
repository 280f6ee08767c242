/** What may be dropped. */
export interface DropHandlers {
  readonly onFiles: (files: readonly File[]) => void
  /** Something of the page itself, as text. */
  readonly onText?: (text: string) => void
}

/** The type of what is dragged inside the page. */
export const draggedText = 'text/x-dbloss'

/** Takes files that are dropped onto a zone, or chosen with the input in it, which the keyboard reaches. */
export function takeDrops(zone: HTMLElement, input: HTMLInputElement, { onFiles, onText }: DropHandlers): void {
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])]
    // The same file may be chosen again.
    input.value = ''
    onFiles(files)
  })
  zone.addEventListener('dragover', (event) => {
    event.preventDefault()
    zone.classList.add('over')
  })
  zone.addEventListener('dragleave', () => zone.classList.remove('over'))
  zone.addEventListener('drop', (event) => {
    event.preventDefault()
    event.stopPropagation()
    zone.classList.remove('over')
    const text = event.dataTransfer?.getData(draggedText) ?? ''
    if (text !== '') onText?.(text)
    else onFiles([...(event.dataTransfer?.files ?? [])])
  })
}

/** Files that miss the zones would replace the page. */
export function ignoreOtherDrops(): void {
  for (const type of ['dragover', 'drop']) window.addEventListener(type, (event) => event.preventDefault())
}
