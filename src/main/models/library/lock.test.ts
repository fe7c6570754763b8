import { existsSync } from 'node:fs'
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { takeLock } from './lock'

let folder: string
const path = (): string => join(folder, 'a.lock')
const signal = new AbortController().signal
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-lock-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('the second waits until the first lets go', async () => {
  const order: string[] = []
  const release = await takeLock(path(), signal, 5)
  const second = takeLock(path(), signal, 5).then((free) => {
    order.push('second')
    return free
  })
  await new Promise((resolve) => setTimeout(resolve, 30))
  order.push('first lets go')
  await release()
  await (await second)()
  expect(order).toEqual(['first lets go', 'second'])
  expect(existsSync(path())).toBe(false)
})

test('a lock whose process is gone is taken over', async () => {
  await writeFile(path(), '999999999')
  await (await takeLock(path(), signal, 5))()
})

test('a lock that nobody touches is taken over, even if its number now belongs to another process', async () => {
  await writeFile(path(), String(process.pid))
  const hourAgo = new Date(Date.now() - 3_600_000)
  await utimes(path(), hourAgo, hourAgo)
  await (await takeLock(path(), signal, 5))()
})

test('waiting ends with the signal', async () => {
  const release = await takeLock(path(), signal, 5)
  const stop = new AbortController()
  const waiting = takeLock(path(), stop.signal, 5)
  stop.abort(new Error('no more'))
  await expect(waiting).rejects.toThrow('no more')
  await release()
})
