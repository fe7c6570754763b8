import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { arrive, expect, test } from './house'

/** What a hostile page on another port of this machine may try in the browser of a person who has Tributary open. */
const attack = (target: string) => `<!doctype html><meta charset="utf-8"><title>a friendly page</title>
<iframe name="hole"></iframe>
<form id="f" method="post" action="${target}/ticket" target="hole" enctype="text/plain"><input name="a" value="b"></form>
<script>
const tell = {}
window.tell = tell
const target = ${JSON.stringify(target)}
const attempt = (name, act) => act().then((value) => { tell[name] = 'reached ' + value }, () => { tell[name] = 'refused' })
const element = (tag, src) => new Promise((good, bad) => { const e = document.createElement(tag); e.onload = () => good(tag); e.onerror = bad; e.src = src; document.body.append(e) })
document.getElementById('f').submit()
Promise.all([
  attempt('read', () => fetch(target + '/').then((r) => r.text())),
  attempt('post', () => fetch(target + '/ticket', { method: 'POST' }).then((r) => r.text())),
  attempt('bearer', () => fetch(target + '/ticket', { method: 'POST', headers: { authorization: 'Bearer x' } }).then((r) => r.text())),
  attempt('blind', () => fetch(target + '/ticket', { method: 'POST', mode: 'no-cors' }).then((r) => r.text()).then((t) => { if (!t) throw 0; return t })),
  attempt('image', () => element('img', target + '/favicon.svg')),
  attempt('script', () => element('script', target + '/index.html')),
  attempt('socket', () => new Promise((good, bad) => { const s = new WebSocket(target.replace('http', 'ws') + '/ws?ticket=guess'); s.onopen = () => good('ws'); s.onerror = bad })),
]).then(() => { tell.finished = true })
</script>`

test('a hostile page on another port reaches nothing', async ({ app, house, context }) => {
  const hostile = createServer((_, response) => response.setHeader('content-type', 'text/html').end(attack(house.origin)))
  await new Promise<void>((ready) => hostile.listen(0, '127.0.0.1', ready))
  try {
    const page = await context.newPage()
    const statuses: number[] = []
    page.on('response', (response) => {
      if (response.url().startsWith(house.origin)) statuses.push(response.status())
    })
    await page.goto(`http://127.0.0.1:${(hostile.address() as AddressInfo).port}/`)
    await expect.poll(() => page.evaluate(() => (window as unknown as { tell: { finished?: boolean } }).tell.finished)).toBe(true)
    const { finished: _, ...found } = await page.evaluate(() => (window as unknown as { tell: Record<string, unknown> }).tell)
    expect(Object.entries(found).filter(([, outcome]) => outcome !== 'refused')).toEqual([])
    expect(Object.keys(found)).toHaveLength(7)
    expect(statuses.filter((status) => status < 400)).toEqual([])
    await page.close()
    // and the person's own tab goes on working: the attack has locked nobody out
    await arrive(app, house.url)
  } finally {
    hostile.close()
  }
})

test('another host name is refused, whoever asks', async ({ house }) => {
  const { port } = new URL(house.origin)
  const status = (headers: Record<string, string>, path = '/') =>
    new Promise<number | undefined>((done, failed) => {
      request({ host: '127.0.0.1', port, path, headers }, (response) => {
        response.resume()
        done(response.statusCode)
      })
        .on('error', failed)
        .end()
    })
  expect(await status({ host: `evil.example:${port}` })).toBe(403)
  expect(await status({ host: '127.0.0.1:1' })).toBe(403)
  expect(await status({ host: `127.0.0.1:${port}`, origin: 'http://127.0.0.1:1' })).toBe(403)
  expect(await status({ host: `127.0.0.1:${port}`, 'sec-fetch-site': 'cross-site' })).toBe(403)
  expect(await status({ host: `127.0.0.1:${port}` })).toBe(200)
  expect(await status({ host: `127.0.0.1:${port}` }, '/..%2f..%2fpackage.json')).not.toBe(200)
})

test('the address alone, without its key, opens nothing', async ({ page, house }) => {
  await page.goto(house.origin)
  await expect(page.getByTestId('home')).toBeHidden()
  await expect(page.locator('body')).toContainText(/address|key|token/i)
})
