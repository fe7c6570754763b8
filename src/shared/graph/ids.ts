/** Ids are derived, never random: from the wanted name and from what is already there. */

/** Some text as a slug: letters, digits, `_`, `-`, beginning with a letter or `_`, at most 64 characters. */
export function slugify(text: string, fallback = 'node'): string {
  const cleaned = text
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 56)
  if (cleaned === '') return fallback
  return /^[A-Za-z_]/.test(cleaned) ? cleaned : `_${cleaned}`
}

/** `wanted` if it is free, else `wanted-2`, `wanted-3`, … */
export function freshId(wanted: string, isTaken: (id: string) => boolean): string {
  if (!isTaken(wanted)) return wanted
  const stem = wanted.replace(/-\d{1,6}$/, '')
  for (let n = 2; ; n++) {
    const id = `${stem}-${n}`
    if (!isTaken(id)) return id
  }
}

/** Own keys only: an id such as `toString` is as good as any other. */
export const has = (record: object, key: string): boolean => Object.hasOwn(record, key)
