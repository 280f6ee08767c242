import { isHubName } from '../backbone/model-files.ts'
import { recordKey } from '../classifier-config.ts'

type Json = Readonly<Record<string, unknown>>

/** A config without paths of this machine, and the paths that it had. */
export interface CleanedConfig {
  readonly config: Json
  /** Each path with what stands in its place. */
  readonly replaced: ReadonlyMap<string, string>
}

/**
 * Replaces paths of this machine by their last part where a config has them: `_name_or_path`, and in the record of dbloss the
 * backbone (`original.model`) and the data of thresholds (`thresholdsFrom.data`). Names on the hub stay, and so do labels, which
 * may look like paths.
 */
export function withoutLocalPaths(config: Json): CleanedConfig {
  const replaced = new Map<string, string>()
  const clean = (parent: Json, key: string, isName = isHubName): Json => {
    const value = parent[key]
    if (typeof value !== 'string' || isName(value)) return parent
    replaced.set(value, lastPart(value))
    return { ...parent, [key]: lastPart(value) }
  }
  const within = (parent: Json, key: string, change: (child: Json) => Json): Json => {
    const child = parent[key]
    return typeof child === 'object' && child !== null ? { ...parent, [key]: change(child as Json) } : parent
  }
  const cleaned = within(clean(config, '_name_or_path'), recordKey, (record) =>
    within(
      within(record, 'original', (original) => clean(original, 'model')),
      'thresholdsFrom',
      // Data is on this machine, also where its path looks like a name on the hub.
      (origin) => clean(origin, 'data', (path) => path === lastPart(path)),
    ),
  )
  return { config: cleaned, replaced }
}

function lastPart(path: string): string {
  const parts = path.split(/[/\\]/).filter((part) => !/^(\.{0,2}|~|[A-Za-z]:|file:)$/.test(part))
  return parts.at(-1) ?? 'folder'
}
