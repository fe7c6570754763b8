import { realpath } from 'node:fs/promises'
import { isAbsolute, join, sep } from 'node:path'
import { TributaryError } from '../../shared/errors'

/**
 * The real path of `path` below `root`, both ends resolved through links. Throws `not-allowed` for anything that is not a plain relative way down:
 * absolute, `..`, NUL, drive or stream colon, device names, trailing dots and blanks, and links that lead out.
 */
export async function resolveBelow(root: string, path: string): Promise<string> {
  const parts = path === '' ? [] : path.split(/[\\/]/)
  if (isAbsolute(path) || parts.some(isOddPart)) throw refusal(path)
  const base = await realpath(root)
  const found = await realpath(join(base, ...parts)).catch(() => {
    throw new TributaryError('not-found', `There is no “${path}” in this folder.`)
  })
  if (found !== base && !found.startsWith(base.endsWith(sep) ? base : base + sep)) throw refusal(path)
  return found
}

const deviceNames = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

function isOddPart(part: string): boolean {
  return part === '' || part === '.' || part === '..' || /[\0:]/.test(part) || /[. ]$/.test(part) || deviceNames.test(part)
}

const refusal = (path: string): TributaryError =>
  new TributaryError('not-allowed', `“${path.slice(0, 100).replaceAll('\0', '␀')}” does not lie in the folder that was opened.`)
