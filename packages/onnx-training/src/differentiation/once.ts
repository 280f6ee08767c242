/** Parts that several gradients of a node share: written when one first asks for them. */
export function once<Part>(write: () => Part): () => Part {
  let written: { readonly part: Part } | undefined
  return () => {
    written ??= { part: write() }
    return written.part
  }
}
