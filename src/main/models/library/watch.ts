export interface LibraryWatch {
  /** what there is now, in a word: see `Shelf.trace` */
  readonly trace: () => Promise<string>
  readonly onChange: () => void
}

/**
 * Notices models that come and go by another hand: a file put into the folder, one taken away, one that another process added. Looks when it is told
 * to, since events of file systems are not to be relied on everywhere. A change is told once it has stood still from one look to the next: a file that
 * is still being copied is no model yet.
 */
export function watchLibrary({ trace, onChange }: LibraryWatch): { look(): Promise<void> } {
  let told: string | undefined
  let before: string | undefined
  return {
    async look() {
      const now = await trace()
      const isStill = now === before
      before = now
      told ??= now
      if (!isStill || now === told) return
      told = now
      onChange()
    },
  }
}
