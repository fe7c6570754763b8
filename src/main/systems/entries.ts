import systemsFile from '../../../resources/systems.json'

/** A published system that the product covers, or is to cover. */
export interface SystemEntry {
  readonly id: string
  /** with its authors and year */
  readonly name: string
  readonly family: string
}

export const systemEntries: readonly SystemEntry[] = systemsFile.systems
