/** What the page tells to the check that opens it. */
export interface PageAnswers {
  /** Of each step. */
  readonly losses: readonly number[]
  /** The first test pictures, row-major [N, 3, size, size]. */
  readonly pixels: readonly number[]
  /** What the fine-tuned model says of them, [N, classes]. */
  readonly logits: readonly number[]
}

declare global {
  /** The losses, and the logits of the first test pictures. */
  var answersOfPage: (pictureCount: number) => Promise<PageAnswers>
}
