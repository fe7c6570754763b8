import type { GraphDocument } from './document'
import type { Issue } from './issue'

/** What this application is, as far as a file may ask for it. Absent members are not compared. */
export interface Application {
  /** its version, e.g. `0.1.0` */
  readonly app?: string
  readonly features?: readonly string[]
}

/** A file may say which application it was made for. It opens in any; what is missing here is told. */
export function checkRequires(document: GraphDocument, options: Application): Issue[] {
  const { app: wanted, features = [] } = document.requires ?? {}
  const unknown = options.features ? features.filter((feature) => !options.features?.includes(feature)) : []
  const issues = unknown.map((feature) =>
    note(`the graph uses the feature “${feature.slice(0, 60)}”, which this application does not have`),
  )
  const least = /^>=\s*(\d+(?:\.\d+)*)/.exec(wanted ?? '')?.[1]
  if (least === undefined || options.app === undefined || !isOlder(options.app, least)) return issues
  return [...issues, note(`the graph asks for version ${least} of the application; this is ${options.app}`)]
}

const note = (message: string): Issue => ({ code: 'requires', severity: 'warning', message })

function isOlder(version: string, least: string): boolean {
  const [have, need] = [version, least].map((text) => text.split('.').map((part) => Number.parseInt(part, 10) || 0))
  for (const [i, part] of (need ?? []).entries()) if ((have?.[i] ?? 0) !== part) return (have?.[i] ?? 0) < part
  return false
}
