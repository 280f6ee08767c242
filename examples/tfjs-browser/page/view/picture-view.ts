import type { Picture } from '../pictures/picture-set.ts'
import { pictureSize } from '../pictures/scene.ts'
import { html } from './elements.ts'

/** A picture of the set on the page. */
export function showPicture({ pixels }: Picture, description: string): HTMLCanvasElement {
  const canvas = html('canvas', { width: pictureSize, height: pictureSize, role: 'img', 'aria-label': description })
  canvas.getContext('2d')?.putImageData(pixels, 0, 0)
  return canvas
}
