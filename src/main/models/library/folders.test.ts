import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dataFolders } from './folders'

const home = join('/', 'home', 'ada')

test('TRIBUTARY_HOME wins over every default', () => {
  for (const platform of ['linux', 'darwin', 'win32'] as const)
    expect(dataFolders({ env: { TRIBUTARY_HOME: '/data/t', XDG_DATA_HOME: '/x' }, platform, home }).root).toBe('/data/t')
})

test('each system keeps its own custom', () => {
  expect(dataFolders({ env: {}, platform: 'linux', home }).root).toBe(join(home, '.local', 'share', 'tributary'))
  expect(dataFolders({ env: { XDG_DATA_HOME: '/x' }, platform: 'linux', home }).root).toBe(join('/x', 'tributary'))
  expect(dataFolders({ env: {}, platform: 'darwin', home }).root).toBe(join(home, 'Library', 'Application Support', 'Tributary'))
  expect(dataFolders({ env: { LOCALAPPDATA: '/l' }, platform: 'win32', home }).root).toBe(join('/l', 'Tributary'))
})

test('an empty variable counts as unset', () => {
  expect(dataFolders({ env: { TRIBUTARY_HOME: '', XDG_DATA_HOME: '' }, platform: 'linux', home }).root).toBe(
    join(home, '.local', 'share', 'tributary'),
  )
})

test('models and downloads stand side by side, so that a rename between them is atomic', () => {
  const folders = dataFolders({ env: { TRIBUTARY_HOME: '/data' }, platform: 'linux', home })
  expect([folders.models, folders.downloads]).toEqual([join('/data', 'models'), join('/data', 'downloads')])
})
