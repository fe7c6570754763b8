import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { loadCatalogue } from './models/library/catalogue'
import { createShelf } from './models/library/shelf'
import { memoryShelfTable } from './models/library/shelf-table'
import { safeName } from './resources/uploads'

/** Whatever a file was called, what we keep lies where we say, under a name that every system takes (C19). */
const folder = mkdtempSync(join(tmpdir(), 'tributary-writes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const hostile = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        '..',
        '/',
        '\\',
        'C:',
        'con',
        'NUL.txt',
        '.hidden',
        '\u0000',
        ':stream',
        ' ',
        '.',
        '\\\\host\\share',
        'a',
        '.gguf',
        '~',
      ),
      { maxLength: 60 },
    )
    .map((parts) => parts.join('')),
)

it('a file of a person keeps a harmless name inside its folder', () => {
  fc.assert(
    fc.property(hostile, (name) => {
      const safe = safeName(name)
      expect(safe).not.toMatch(/[\\/:\p{Cc}]|^[. ]|[. ]$/u)
      expect(safe).not.toMatch(/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i)
      expect(safe.length).toBeGreaterThan(0)
      expect(safe.length).toBeLessThan(120)
      expect(dirname(join(folder, safe))).toBe(folder)
    }),
    { numRuns: 2000 },
  )
})

it('a model becomes a .gguf of our models folder, never over another file', async () => {
  const shelf = createShelf({
    modelsFolder: folder,
    shippedFolder: 'resources/toys',
    table: memoryShelfTable(),
    catalogue: await loadCatalogue('resources/models.json'),
  })
  await fc.assert(
    fc.asyncProperty(hostile, async (name) => {
      const path = await shelf.pathFor(name)
      expect(dirname(path)).toBe(folder)
      expect(basename(path)).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]*\.gguf$/)
    }),
    { numRuns: 500 },
  )
})
