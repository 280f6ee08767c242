/** A picture of the visitor. */
export interface Picture {
  readonly file: File
  /** For an `img`. */
  readonly url: string
  /** What it shows. */
  labels: readonly string[]
}

/** The pictures that were dropped and the labels that were named. */
export class PictureSet {
  readonly #pictures: Picture[] = []
  #labelNames: readonly string[] = []

  get pictures(): readonly Picture[] {
    return this.#pictures
  }

  /** In the order in which they were named. */
  get labelNames(): readonly string[] {
    return this.#labelNames
  }

  countOf(label: string): number {
    return this.#pictures.filter(({ labels }) => labels.includes(label)).length
  }

  /**
   * Adds pictures, with a label or without. A picture that is there already only gets the label.
   *
   * @returns the names of files that are no pictures, which are left out.
   */
  async add(files: Iterable<File>, label?: string): Promise<string[]> {
    const refused: string[] = []
    for (const file of files) {
      const picture = (await this.#find(file)) ?? (await readPicture(file))
      if (picture === undefined) {
        refused.push(file.name)
        continue
      }
      if (!this.#pictures.includes(picture)) this.#pictures.push(picture)
      if (label !== undefined) this.label(picture, [...picture.labels, label])
    }
    return refused
  }

  /** The picture with this file, if it is there already. */
  async #find(file: File): Promise<Picture | undefined> {
    for (const picture of this.#pictures) {
      const { name, size } = picture.file
      if (name === file.name && size === file.size && (await haveSameBytes(picture.file, file))) return picture
    }
    return undefined
  }

  remove(picture: Picture): void {
    this.#pictures.splice(this.#pictures.indexOf(picture), 1)
    URL.revokeObjectURL(picture.url)
  }

  /** Sets what a picture shows; new labels are added. */
  label(picture: Picture, labels: readonly string[]): void {
    picture.labels = [...new Set(labels)]
    this.addLabels(labels)
  }

  addLabels(names: readonly string[]): void {
    this.#labelNames = [...new Set([...this.#labelNames, ...names])]
  }

  /** Removes a label, also from the pictures. */
  removeLabel(name: string): void {
    this.#labelNames = this.#labelNames.filter((other) => other !== name)
    for (const picture of this.#pictures) picture.labels = picture.labels.filter((other) => other !== name)
  }
}

/** The labels in a text with commas: `sea, sunset`. */
export function labelsIn(text: string): string[] {
  const names = text.split(',').map((name) => name.trim().replaceAll(/\s+/g, ' '))
  return [...new Set(names.filter((name) => name !== ''))]
}

/** undefined for a file that the browser cannot decode. */
export async function readPicture(file: File): Promise<Picture | undefined> {
  try {
    const bitmap = await createImageBitmap(file)
    bitmap.close()
    return { file, url: URL.createObjectURL(file), labels: [] }
  } catch {
    return undefined
  }
}

async function haveSameBytes(one: Blob, other: Blob): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map(async (blob) => new Uint8Array(await blob.arrayBuffer())))
  return a!.every((byte, index) => byte === b![index])
}
