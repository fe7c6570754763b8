/** The least that thinning needs to know of a version. */
export interface Dated {
  readonly version: number
  readonly at: number
  readonly automatic: boolean
}

const hour = 60 * 60 * 1000
const day = 24 * hour

/** How close together automatic versions may stand, by age: all of the last day, then one an hour, one a day, one a week. */
const spacing: readonly { readonly upToAge: number; readonly apart: number }[] = [
  { upToAge: day, apart: 0 },
  { upToAge: 7 * day, apart: hour },
  { upToAge: 60 * day, apart: day },
  { upToAge: Number.POSITIVE_INFINITY, apart: 7 * day },
]

/**
 * Numbers of the automatic versions that time has made superfluous: of those that stand closer together than their age allows, the newest of each
 * stretch stays. Versions that a person named, and the newest of all, always stay. Asking again changes nothing more.
 */
export function superfluousVersions(versions: readonly Dated[], now: number): number[] {
  const automatic = versions.filter((version) => version.automatic).sort((a, b) => b.version - a.version)
  const newest = Math.max(...versions.map(({ version }) => version))
  const gone: number[] = []
  let kept = Number.POSITIVE_INFINITY
  for (const { version, at } of automatic) {
    const { apart } = spacing.find(({ upToAge }) => now - at <= upToAge) ?? { apart: 0 }
    if (version === newest || apart === 0 || stretch(at, apart) !== stretch(kept, apart)) kept = at
    else gone.push(version)
  }
  return gone
}

/** Stretches are those of the clock, so that which version stays does not depend on when thinning happens. */
const stretch = (at: number, apart: number): number => Math.floor(at / apart)
