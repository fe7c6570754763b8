import { mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { resolveBelow } from './below-root'

let root = ''
let outside = ''
beforeAll(async () => {
  outside = await realpath(await mkdtemp(join(tmpdir(), 'outside-')))
  await writeFile(join(outside, 'secret.txt'), 'secret')
  root = await realpath(await mkdtemp(join(tmpdir(), 'root-')))
  await mkdir(join(root, 'a', 'b'), { recursive: true })
  await writeFile(join(root, 'a', 'b', 'c.txt'), 'x')
  await symlink(outside, join(root, 'way-out'))
  await symlink(join(root, 'a'), join(root, 'inside-link'))
})

const lands = async (path: string) => {
  try {
    return await resolveBelow(root, path)
  } catch {
    return undefined
  }
}

describe('a path below a root', () => {
  it('finds what lies there, also through links that stay inside', async () => {
    expect(await resolveBelow(root, 'a/b/c.txt')).toBe(join(root, 'a', 'b', 'c.txt'))
    expect(await resolveBelow(root, '')).toBe(root)
    expect(await resolveBelow(root, 'inside-link/b/c.txt')).toBe(join(root, 'a', 'b', 'c.txt'))
  })

  it('refuses ways out in every spelling', async () => {
    const ways = [
      '..',
      '../x',
      'a/../../x',
      '/etc/passwd',
      'way-out',
      'way-out/secret.txt',
      'a\0b',
      'C:\\x',
      'a/b/c.txt:stream',
      'nul',
      'COM1',
      'a/',
      'a//b',
      './a',
      'a/b/c.txt.',
      'a/b/c.txt ',
      '\\\\server\\share',
      `${sep}${sep}x`,
    ]
    for (const way of ways)
      await expect(resolveBelow(root, way), way).rejects.toMatchObject({ code: expect.stringMatching(/not-allowed|not-found/) })
  })

  it('lands inside or nowhere, for any string', async () => {
    const part = fc.oneof(fc.constantFrom('..', '.', 'a', 'b', 'way-out', 'c.txt', '', '%2e%2e', '\0', '~'), fc.string({ maxLength: 8 }))
    const path = fc.array(part, { maxLength: 6 }).map((parts) => parts.join('/'))
    await fc.assert(
      fc.asyncProperty(path, async (text) => {
        const landed = await lands(text)
        return landed === undefined || landed === root || landed.startsWith(root + sep)
      }),
      { numRuns: 2000 },
    )
  })

  it('is not fooled by a folder that turns into a link meanwhile', async () => {
    const swap = join(root, 'swap')
    const aside = join(root, 'aside')
    for (let round = 0; round < 100; round++) {
      await mkdir(swap)
      const racing = (async () => {
        await rename(swap, aside)
        await symlink(outside, swap)
      })()
      const landed = await lands('swap')
      await racing
      expect(landed === undefined || landed.startsWith(root), `round ${round}`).toBe(true)
      await rm(swap)
      await rm(aside, { recursive: true })
    }
  })
})
