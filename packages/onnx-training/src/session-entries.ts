import type { OrtSessionOptions } from './ort.ts'

/** Session options with an entry of `extra.session`: a setting that ONNX Runtime knows by the name `session.<key>`. */
export function withSessionEntry(options: OrtSessionOptions = {}, key: string, value: string): OrtSessionOptions {
  const { extra = {} } = options as { readonly extra?: { readonly session?: Readonly<Record<string, unknown>> } }
  return { ...options, extra: { ...extra, session: { ...extra.session, [key]: value } } }
}
