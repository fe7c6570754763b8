import { TributaryError } from '../../shared/errors'
import type { House } from './house'

/** A folder that the house was started with: the only ones that a page in a browser may name. Throws `not-allowed`. */
export function openRoot({ roots }: Pick<House, 'roots'>, name: string): string {
  const root = roots.find((candidate) => candidate === name)
  if (root !== undefined) return root
  throw new TributaryError('not-allowed', 'This folder was not opened to the browser.', {
    hint: 'Start with: tributary serve --root FOLDER',
  })
}
