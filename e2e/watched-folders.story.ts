import { copyFile, mkdir, mkdtemp, readdir, realpath, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { arrive, expect, startHouse, stopHouse, test, tributary } from './house'

test('a folder is watched: models come, move and go where they lie, in the window and on the terminal', async ({ page }) => {
  const home = await mkdtemp(join(tmpdir(), 'tributary-story-'))
  const mine = await realpath(await mkdtemp(join(tmpdir(), 'tributary-mine-')))
  const second = await realpath(await mkdtemp(join(tmpdir(), 'tributary-second-')))
  const house = await startHouse(home, '--root', mine)
  try {
    await copyFile('resources/toys/toy-base.gguf', join(mine, 'first.gguf'))
    await arrive(page, house.url)
    await page.getByTestId('go-models').click()
    const folders = page.getByTestId('watched-folders')
    await expect(folders).toContainText('nothing is copied')
    await page.getByTestId('watch-folder').click()
    await page.getByRole('menuitem', { name: mine }).click()
    const row = folders.getByTestId('watched-folder').filter({ hasText: mine })
    await expect(row).toContainText(mine)

    // what is there already ships with the application and stays what it is; another one comes, moves and goes
    await tributary(home, 'run', 'template:merge-two-specialists', '--quiet')
    const { stdout } = await tributary(home, 'models', 'ls', '--json')
    const merged = (JSON.parse(stdout) as { sha256?: string; name: string; source: string }[]).find(({ source }) => source === 'written')
    expect(merged).toBeDefined()
    const tile = page.getByTestId(`model-${merged?.sha256}`)
    await expect(tile).toHaveAttribute('data-state', 'present', { timeout: 20_000 })
    const [file = ''] = (await readdir(join(home, 'models'))).filter((name) => name.endsWith('.gguf'))
    await rename(join(home, 'models', file), join(mine, 'mine.gguf'))
    await expect(row).toContainText('1 model', { timeout: 20_000 })
    await expect(tile).toHaveAttribute('data-state', 'present')
    await mkdir(join(mine, 'deeper'))
    await rename(join(mine, 'mine.gguf'), join(mine, 'deeper', 'renamed.gguf'))
    await expect(row).toContainText('1 model', { timeout: 20_000 })
    await expect(tile).toHaveAttribute('data-state', 'present', { timeout: 20_000 })

    await tributary(home, 'models', 'add', second, '--watch')
    const listed = await tributary(home, 'models', 'folders', '--json')
    expect((JSON.parse(listed.stdout) as { path: string }[]).map(({ path }) => path)).toEqual([mine, second])
    expect((await tributary(home, 'models', 'unwatch', second)).code).toBe(0)
    expect((await tributary(home, 'models', 'unwatch', second)).code).toBe(2)

    await rm(join(mine, 'deeper'), { recursive: true })
    await expect(row).toContainText('0 models', { timeout: 20_000 })
    await folders.getByRole('button', { name: `Stop watching ${mine}` }).click()
    await expect(row).toHaveCount(0)
  } finally {
    await stopHouse(house).finally(() => Promise.all([home, mine, second].map((path) => rm(path, { recursive: true, force: true }))))
  }
})
