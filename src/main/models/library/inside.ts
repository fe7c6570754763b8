import { relative } from 'node:path'

/** Whether a path lies below a folder, and is not the folder itself. Both absolute; nothing is looked up. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way !== '' && !way.startsWith('..') && !/^([A-Za-z]:|[\\/])/.test(way)
}
