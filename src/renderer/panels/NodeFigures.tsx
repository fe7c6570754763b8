import { useEffect, useState } from 'react'
import type { RunCard } from '../../shared/api'
import type { GraphDocument } from '../../shared/graph/document'
import { foldEvents, type RunState } from '../../shared/run/fold'
import { formatBytes, formatCount, formatMs, formatNumber } from '../parts/format'
import { useApp } from '../state/hooks'
import { toastError } from '../state/view'

/** What each node of a run took: time, tokens, memory for keys and values, disk. What came from the cache took nothing and is left out. */
export function NodeFigures({ card, document }: { card: RunCard; document: GraphDocument | undefined }) {
  const app = useApp()
  const [nodes, setNodes] = useState<RunState['nodes']>({})
  useEffect(() => {
    setNodes({})
    if (card.status === 'running') return
    app.client.call('runs.events', { run: card.id, since: 0 }).then(
      (events) => setNodes(foldEvents(events).nodes),
      (error) => toastError(app.view, error),
    )
  }, [app, card.id, card.status])
  const ran = Object.entries(nodes).filter(([, { times, cached }]) => times.totalMs > 0 && !cached)
  if (ran.length === 0) return null
  return (
    <section data-testid="node-figures">
      <h3 className="block-title">What it took</h3>
      <div className="figures-scroll">
        <table className="figures-table">
          <thead>
            <tr>
              <th scope="col">Node</th>
              <th scope="col">Time</th>
              <th scope="col">Tokens</th>
              <th scope="col" title="memory for keys and values of all tokens">
                KV
              </th>
              <th scope="col" title="written to disk: models, adapters, traces and other large values">
                Disk
              </th>
            </tr>
          </thead>
          <tbody>
            {ran.map(([path, { times, usage, tokensPerSecond }]) => (
              <tr key={path}>
                <th scope="row" title={path}>
                  {nameOf(document, path)}
                </th>
                <td>{formatMs(times.totalMs)}</td>
                <td title={tokensPerSecond > 0 ? `${formatNumber(Math.round(tokensPerSecond))} tokens a second` : undefined}>
                  {usage.tokens > 0 ? formatCount(usage.tokens) : '–'}
                </td>
                <td>{usage.kvBytes > 0 ? formatBytes(usage.kvBytes) : '–'}</td>
                <td>{usage.writtenBytes > 0 ? formatBytes(usage.writtenBytes) : '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

/** A node of the graph by its title; one without a title, or inside a container, by its path. */
const nameOf = (document: GraphDocument | undefined, path: string): string => document?.nodes[path]?.title || path
