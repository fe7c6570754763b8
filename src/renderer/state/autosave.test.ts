import { describe, expect, it } from 'vitest'
import { TributaryError } from '../../shared/errors'
import type { Diff } from '../../shared/graph/diff'
import { GRAPH_FORMAT, type GraphDocument } from '../../shared/graph/document'
import type { Client } from '../api/client'
import { createAutosave } from './autosave'

const add = (id: string): Diff => ({ added: { [`nodes/${id}`]: { type: 'text', v: 1, params: {} } }, updated: {}, removed: {} })
const document = (nodes: string[]): GraphDocument => ({
  format: GRAPH_FORMAT,
  version: 1,
  id: 'g',
  name: '',
  models: {},
  subgraphs: {},
  interface: { inputs: {}, outputs: {} },
  nodes: Object.fromEntries(nodes.map((id) => [id, { type: 'text', v: 1, params: {} }])),
  wires: [],
  ui: { nodes: {}, frames: [], notes: [] },
})

/** A house that answers from a script and remembers what it was asked. */
function house(answers: ((params: { revision: number; diff: Diff }) => unknown)[]) {
  const asked: { method: string; params: { revision: number; diff: Diff } }[] = []
  const call = async (method: string, params: { revision: number; diff: Diff }) => {
    asked.push({ method, params })
    const answer = answers.shift()
    if (!answer) throw new Error('not in the script')
    return answer(params)
  }
  return { client: { call } as unknown as Client, asked }
}
const ok = ({ revision }: { revision: number }) => ({ revision: revision + 1 })

function autosave(answers: Parameters<typeof house>[0]) {
  const { client, asked } = house(answers)
  const rebased: GraphDocument[] = []
  const foreign: Diff[] = []
  const saver = createAutosave({
    client,
    id: 'g',
    revision: 7,
    onRebased: (document) => rebased.push(document),
    onForeign: (diff) => foreign.push(diff),
  })
  return { saver, asked, rebased, foreign }
}

describe('autosave', () => {
  it('sends one change at a time and joins those that wait', async () => {
    const { saver, asked } = autosave([ok, ok])
    for (const id of ['a', 'b', 'c']) saver.save(add(id), id)
    await saver.settled()
    expect(asked.map(({ params }) => Object.keys(params.diff.added))).toEqual([['nodes/a'], ['nodes/b', 'nodes/c']])
    expect(saver.store.getState()).toMatchObject({ revision: 9, status: 'saved' })
  })
  it('keeps what could not be saved and sends it when asked again', async () => {
    const offline = () => {
      throw new TributaryError('backend-unreachable', 'The connection to Tributary was lost.')
    }
    const { saver, asked } = autosave([offline, ok])
    saver.save(add('a'), 'a')
    await expect(saver.settled()).rejects.toThrow('connection')
    expect(saver.store.getState().status).toBe('failed')
    saver.retry()
    await saver.settled()
    expect(asked[1]?.params.diff).toEqual(add('a'))
  })
  it('lays its change on top of what another window did', async () => {
    const conflict = () => {
      throw new TributaryError('graph-conflict', 'changed elsewhere')
    }
    const { saver, rebased, asked } = autosave([conflict, () => ({ document: document(['theirs']), revision: 12, issues: [] }), ok])
    saver.save(add('mine'), 'mine')
    await saver.settled()
    expect(Object.keys(rebased[0]?.nodes ?? {}).sort()).toEqual(['mine', 'theirs'])
    expect(asked[2]?.params.revision).toBe(12)
    expect(saver.store.getState()).toMatchObject({ revision: 13, status: 'saved' })
  })
  it('takes over what another window did while nothing waits here, and each revision once', () => {
    const { saver, foreign } = autosave([])
    saver.hear({ revision: 8, diff: add('theirs') })
    saver.hear({ revision: 8, diff: add('theirs') })
    expect(foreign).toHaveLength(1)
    expect(saver.store.getState().revision).toBe(8)
  })
  it('catches up with an edit of another window that came while its own was under way, and not with the echo of its own', async () => {
    const { saver, rebased, asked } = autosave([ok, () => ({ document: document(['a', 'theirs']), revision: 9, issues: [] }), ok])
    saver.save(add('a'), 'a')
    saver.hear({ revision: 8, diff: add('a') })
    saver.hear({ revision: 9, diff: add('theirs') })
    await saver.settled()
    expect(Object.keys(rebased[0]?.nodes ?? {})).toEqual(['a', 'theirs'])
    saver.save(add('b'), 'b')
    saver.hear({ revision: 10, diff: add('b') })
    await saver.settled()
    expect(asked.map(({ method }) => method)).toEqual(['graphs.apply', 'graphs.open', 'graphs.apply'])
  })
})
