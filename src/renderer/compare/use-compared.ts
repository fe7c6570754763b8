import { useEffect, useState } from 'react'
import type { RunCard } from '../../shared/api'
import type { GraphDocument } from '../../shared/graph/document'
import type { RunEvent } from '../../shared/run/events'
import { foldEvents, noRun, type RunState } from '../../shared/run/fold'
import type { Client } from '../api/client'
import { useApp } from '../state/hooks'
import { toastError } from '../state/view'

/** A run with everything that a comparison shows: the fold of its events, and the graph that it ran. */
export interface Compared {
  readonly card: RunCard
  readonly document: GraphDocument
  readonly state: RunState
  /** what the graph was given */
  readonly inputs: Readonly<Record<string, unknown>>
}

/** The runs in their order; one that is still going on grows as it goes. Undefined while it is read. */
export function useCompared(ids: readonly string[]): readonly (Compared | undefined)[] {
  const app = useApp()
  const [found, setFound] = useState<ReadonlyMap<string, Compared>>(new Map())
  const key = ids.join(' ')
  useEffect(() => {
    const wanted = new Set(key.split(' ').filter(Boolean))
    const put = (id: string, change: (before: Compared | undefined) => Compared | undefined) =>
      setFound((before) => {
        const next = change(before.get(id))
        return !wanted.has(id) || next === before.get(id) || next === undefined ? before : new Map(before).set(id, next)
      })
    const end = app.client.on('run.events', ({ run, events }) => {
      if (wanted.has(run)) put(run, (before) => before && grown(before, events))
    })
    for (const id of wanted)
      read(app.client, id)
        .then((compared) => {
          put(id, (before) => (before && before.state.seq >= compared.state.seq ? { ...before, card: compared.card } : compared))
          // only now: what happened since is pushed before the call is answered, and grows what was put
          return compared.card.status === 'running' ? app.client.call('runs.watch', { run: id, since: compared.state.seq + 1 }) : null
        })
        .catch((error) => toastError(app.view, error))
    const endList = app.client.on('run.listChanged', () => {
      for (const id of wanted)
        app.client.call('runs.card', { run: id }).then(
          (card) => put(id, (before) => before && { ...before, card }),
          () => undefined,
        )
    })
    return () => {
      end()
      endList()
    }
  }, [app, key])
  return ids.map((id) => found.get(id))
}

async function read(client: Client, run: string): Promise<Compared> {
  // the card first: of a run that it says has ended, every event is there to be read
  const card = await client.call('runs.card', { run })
  const [{ document, inputs }, events] = await Promise.all([
    client.call('runs.snapshot', { run }),
    client.call('runs.events', { run, since: 0 }),
  ])
  const state = foldEvents(events)
  return { card, document, inputs, state: state.run === '' ? { ...noRun, run } : state }
}

function grown(before: Compared, events: readonly RunEvent[]): Compared {
  const state = foldEvents(events, before.state)
  return state === before.state ? before : { ...before, state }
}
