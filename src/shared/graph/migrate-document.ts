import { GRAPH_VERSION } from './document'
import type { Issue } from './issue'
import type { Draft } from './repair'

/**
 * Takes files of older formats to the present one. `steps[n - 1]` takes version n to n + 1, so the list has no gaps; it is empty while there is one version.
 * A step gets a draft of its own and may change it. Newer files never come here: the loader refuses them.
 */
const steps: readonly ((draft: Draft) => void)[] = []

export function migrateDocument(draft: Draft): { readonly draft: Draft; readonly issues: readonly Issue[] } {
  const issues: Issue[] = []
  const stated = draft.version
  const known = typeof stated === 'number' && Number.isInteger(stated) && stated >= 1 && stated <= GRAPH_VERSION
  if (!known) {
    issues.push({
      code: 'repaired',
      severity: 'warning',
      message: `the file states no usable format version (${JSON.stringify(stated) ?? 'none'}); it is read as version ${GRAPH_VERSION}`,
    })
    draft.version = GRAPH_VERSION
    return { draft, issues }
  }
  for (let version = stated; version < GRAPH_VERSION; version++) {
    steps[version - 1]?.(draft)
    draft.version = version + 1
    issues.push({ code: 'migrated', severity: 'info', message: `the file was taken from format version ${version} to ${version + 1}` })
  }
  return { draft, issues }
}
