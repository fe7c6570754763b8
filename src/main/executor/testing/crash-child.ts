import { TributaryError, toErrorReport } from '../../../shared/errors'
import type { Diff } from '../../../shared/graph/diff'
import { openStore, type Store } from '../../store'
import { createBench, graph } from '.'

const tell = (...words: readonly (string | number)[]): void => void process.stdout.write(`${words.join(' ')}\n`)

/**
 * The victim of the crash test: edits a graph and runs it, without end. Each line on standard output is an acknowledgement: what it names must be
 * there after a kill at any moment.
 */
async function editAndRun(store: Store, id: string): Promise<never> {
  const bench = createBench(store)
  const document = (turn: number) =>
    graph({
      id,
      nodes: {
        a: { type: 'say', params: { text: `turn ${turn}` } },
        b: { type: 'upper' },
        big: { type: 'say', params: { text: `${turn} `.repeat(20_000) } },
        w: { type: 'write' },
        s: { type: 'sleep', params: { ms: 3 } },
      },
      wires: [
        ['a.text', 'b.text'],
        ['b.text', 'w.text'],
        ['w.text', 's.text'],
      ],
    })
  if (!store.graphs.has(id)) store.graphs.create(document(0))
  for (let { revision } = store.graphs.get(id); ; ) {
    revision = store.graphs.edit({ id, revision, document: document(revision), diff: {} as unknown as Diff, label: 'turn' })
    tell('edit', revision)
    const handle = bench.executor.start({ document: document(revision) })
    handle.subscribe((events) => {
      for (const event of events) tell('event', handle.id, event.seq)
    }, 0)
    const { status, error } = await handle.done
    tell('end', handle.id, status)
    if (error) throw TributaryError.fromReport(error)
  }
}

const folder = process.env.TRIBUTARY_CRASH_FOLDER
if (folder === undefined) throw new Error('TRIBUTARY_CRASH_FOLDER is not set')
try {
  await editAndRun(openStore(folder, { role: 'cli' }), process.env.TRIBUTARY_CRASH_GRAPH ?? 'g')
} catch (thrown) {
  const { code, message } = toErrorReport(thrown)
  tell('failed', code, message)
  process.exit(1)
}
