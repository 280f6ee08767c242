/** How an output becomes one vector an image; {@link Pooling} without `auto`. */
export type FixedPooling = 'cls' | 'mean' | 'cls+mean' | 'pooler'

/** What is known of a family of vision models. */
export interface Family {
  /** Whether the first token stands for the whole image; undefined where it depends on the model. */
  readonly hasClassToken?: boolean
  /** What `auto` takes: the first that the export has. */
  readonly auto: readonly FixedPooling[]
}

/** `auto` is what the family's own classifier reads. */
const withClassToken: Family = { hasClassToken: true, auto: ['cls', 'pooler'] }
const dino: Family = { hasClassToken: true, auto: ['cls+mean', 'pooler'] }
const withPooler: Family = { hasClassToken: true, auto: ['pooler', 'cls'] }
const withoutClassToken: Family = { hasClassToken: false, auto: ['pooler', 'mean'] }
const unknown: Family = { auto: ['pooler', 'mean'] }

/** By `model_type`; docs/backbones.md has the table with reasons. */
const families: Readonly<Record<string, Family>> = {
  beit: withPooler,
  clip: withPooler,
  clip_vision_model: withPooler,
  convnext: withoutClassToken,
  convnextv2: withoutClassToken,
  deit: withClassToken,
  dinov2: dino,
  dinov2_with_registers: dino,
  dinov3_convnext: withPooler,
  dinov3_vit: dino,
  efficientnet: withoutClassToken,
  mobilenet_v1: withoutClassToken,
  mobilenet_v2: withoutClassToken,
  mobilenet_v3: withoutClassToken,
  mobilenet_v4: withoutClassToken,
  resnet: withoutClassToken,
  siglip: withoutClassToken,
  siglip_vision_model: withoutClassToken,
  siglip2: withoutClassToken,
  siglip2_vision_model: withoutClassToken,
  swin: withoutClassToken,
  swinv2: withoutClassToken,
  vit: withClassToken,
  vit_msn: withClassToken,
}

/** The family of a `model_type`. */
export function familyOf(modelType: unknown): Family {
  return typeof modelType === 'string' && Object.hasOwn(families, modelType) ? families[modelType]! : unknown
}

/** Models of images and texts, whose image part transformers.js loads from a file of its own. */
const withTextPart: ReadonlySet<unknown> = new Set(['clip', 'siglip', 'siglip2'])

/** The names that the file of the image part may have in the folder `onnx`, without ending, the usual one first. */
export function modelFileNames(modelType: unknown): readonly [string, ...string[]] {
  return withTextPart.has(modelType) ? ['vision_model', 'model'] : ['model']
}
