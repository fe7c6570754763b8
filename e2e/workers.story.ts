import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { connect } from 'node:net'
import { resolve } from 'node:path'
import { expect, test } from './house'
import { manyQuestions } from './many-questions'

const hasRedis = spawnSync('redis-server', ['--version']).status === 0
const port = 24_000 + (process.pid % 8000)
const address = `redis://127.0.0.1:${port}`

const answers = () =>
  new Promise<boolean>((told) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      told(true)
    })
    socket.once('error', () => told(false))
  })

/** A command on the data folder that goes on by itself, once it has said what it is expected to say. */
async function begin(home: string, says: RegExp, ...args: string[]): Promise<ChildProcess> {
  const child = spawn(resolve('node_modules/node/bin/node'), [resolve('tools/tributary.mjs'), '--home', home, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  await new Promise<void>((told, failed) => {
    let said = ''
    const hear = (chunk: Buffer) => {
      said += String(chunk)
      if (says.test(said)) told()
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
    child.once('exit', (code) => failed(new Error(`${args[0]} ended with ${code}: ${said}`)))
  })
  return child
}

test.describe('workers', () => {
  const running: ChildProcess[] = []
  test.afterEach(async () => {
    for (const child of running.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      const gone = new Promise((done) => child.once('exit', done))
      child.kill('SIGKILL')
      await gone
    }
  })

  test('a batch here lists this process, with the rows that it has in hand', async ({ app }) => {
    await app.getByTestId('go-templates').click()
    await app.getByTestId('run-template-ab-over-a-dataset').click()
    const row = app.getByTestId('workers').getByRole('row', { name: /Served app \(this one\)/ })
    await app.getByTestId('workers').locator('summary').click()
    await expect(row).toContainText(/at work|144 done/)
    await expect(app.getByTestId('batch-status')).toHaveAttribute('data-status', 'done', { timeout: 60_000 })
    await expect(row).toContainText('144 done')
    await expect(row).toContainText('waits')
  })

  test('a batch over a queue lists its workers: rows in hand, and the one that was killed as lost', async ({ app, house }) => {
    test.skip(!hasRedis, 'there is no redis-server here')
    test.slow()
    running.push(spawn('redis-server', ['--port', String(port), '--save', '', '--bind', '127.0.0.1'], { stdio: 'ignore' }))
    await expect.poll(answers).toBe(true)
    const first = await begin(house.home, /Joined/, 'worker', '--join', address)
    const second = await begin(house.home, /Joined/, 'worker', '--join', address)
    running.push(first, second)

    await app.getByTestId('go-datasets').click()
    const data = manyQuestions(house.home, 100)
    const asked = ['--data', data, '--map', 'question=.question', '--metric', 'right:em=answer~.gold', '--events']
    running.push(
      await begin(house.home, /batch.start/, 'batch', 'template:ab-over-a-dataset', ...asked, '--seed', '13', '--workers', address),
    )
    await app.locator('[data-testid^="batch-b_"]').first().click()
    const row = (child: ChildProcess) => app.getByTestId(`worker-${child.pid}`)
    for (const child of [first, second]) await expect(row(child)).toHaveAttribute('data-state', /working|waiting/)
    await expect(row(second)).toHaveAttribute('data-state', 'working')
    await expect(row(second).getByRole('cell').nth(2)).toContainText(/\d/)
    second.kill('SIGKILL')
    await expect(row(second)).toHaveAttribute('data-state', 'lost', { timeout: 20_000 })
    await expect(app.getByTestId('workers')).toContainText('1 lost')
    await expect(row(first)).toHaveAttribute('data-state', /working|waiting/)

    // who leaves without having brought anything to an end had nothing to do with this batch, and is not listed
    await expect(row(first)).toContainText(/[1-9]\d* done/, { timeout: 60_000 })
    first.kill('SIGINT')
    await expect(row(first)).toHaveAttribute('data-state', 'left', { timeout: 30_000 })
  })
})
