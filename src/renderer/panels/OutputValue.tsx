import { useEffect, useMemo, useState } from 'react'
import { reach, topologyOf } from '../../shared/graph/topology'
import type { Json } from '../../shared/json'
import { isJsonObject } from '../../shared/json'
import type { OutputState } from '../../shared/run/fold'
import { isTraceReport } from '../../shared/trace/trace'
import type { Claim, Verdict } from '../../shared/value'
import type { Client } from '../api/client'
import { useApp, useRun, useSession } from '../state/hooks'
import { shownIn } from '../state/session'
import { TraceBrief } from '../tokens/TraceBrief'
import { Viewer } from '../viewers/Viewer'

/** The whole value behind an output event. Values are known by their hash, so each is fetched once for the life of the window. */
const known = new Map<string, Json>()
const most = 200

async function fetchValue(client: Client, sha: string): Promise<Json> {
  const there = known.get(sha)
  if (there !== undefined) return there
  const { data } = await client.call('values.get', { sha })
  if (known.size >= most) known.delete(known.keys().next().value ?? '')
  known.set(sha, data as Json)
  return data as Json
}

export function useOutput(output: OutputState | undefined): Json | undefined {
  const { client } = useApp()
  const sha = output?.sha
  const [fetched, setFetched] = useState<{ sha: string; data: Json }>()
  useEffect(() => {
    if (sha === undefined) return
    let wanted = true
    fetchValue(client, sha).then(
      (data) => {
        if (wanted) setFetched({ sha, data })
      },
      // The value was collected, or the line is down: the preview stays on screen.
      () => undefined,
    )
    return () => {
      wanted = false
    }
  }, [client, sha])
  return sha !== undefined && fetched?.sha === sha ? fetched.data : output?.preview
}

/** A value in its viewer. A text is marked with what the graph found out about its claims. */
export function OutputValue({ output, node }: { output: OutputState; node: string }) {
  const data = useOutput(output)
  const checks = useChecks(output.kind === 'text' ? node : undefined)
  if (data !== undefined && output.kind === 'json' && isTraceReport(data)) return <TraceBrief value={data} node={node} />
  return data === undefined ? null : <Viewer kind={output.kind} list={output.list} data={data} checks={checks} />
}

/** Verdicts (or, failing these, claims) that the node or what feeds it has made, nearest first. */
function useChecks(node: string | undefined): readonly (Verdict | Claim)[] {
  const session = useSession()
  const output = useRun((run) => {
    if (node === undefined) return undefined
    const document = run.ran && !node.includes('/') ? run.ran : shownIn(session)
    const upstream = [...reach([node], topologyOf(document).sources)]
    for (const kind of ['verdicts', 'claims'] as const) {
      for (const id of upstream) {
        const found = Object.values(run.state.nodes[id]?.outputs ?? {}).find((candidate) => candidate.kind === kind && !candidate.list)
        if (found) return found
      }
    }
    return undefined
  })
  const data = useOutput(output)
  return useMemo(() => (Array.isArray(data) ? (data.filter(isCheck) as unknown as (Verdict | Claim)[]) : none), [data])
}

const none: readonly (Verdict | Claim)[] = []

const isCheck = (item: unknown): boolean =>
  isJsonObject(item) &&
  (typeof item.text === 'string' || (isJsonObject(item.claim) && typeof item.claim.text === 'string' && typeof item.label === 'string'))
