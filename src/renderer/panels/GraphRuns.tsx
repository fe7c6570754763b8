import { GitCompareArrows, History } from 'lucide-react'
import { useState } from 'react'
import { compare, mostCompared } from '../compare/chosen'
import { Empty } from '../parts/parts'
import { useApp, useRun, useSession } from '../state/hooks'
import { visitRun } from '../state/running'
import { RunHead, RunRow } from './RunRow'
import { useRuns } from './use-runs'

/** The runs of the graph in front: opened as they were, or marked and compared. */
export function GraphRuns() {
  const app = useApp()
  const session = useSession()
  const shown = useRun((run) => run.id)
  const { runs, reload } = useRuns(session.id, '')
  const [marked, setMarked] = useState<readonly string[]>([])
  if (!runs) return null
  if (runs.length === 0) return <Empty icon={<History />}>No runs yet.</Empty>
  const toggle = (id: string) =>
    setMarked((before) => (before.includes(id) ? before.filter((other) => other !== id) : [...before, id].slice(-mostCompared)))
  return (
    <>
      {marked.length > 1 ? (
        <div className="graph-runs-bar">
          <button type="button" className="btn primary small" onClick={() => compare(app, marked)}>
            <GitCompareArrows /> {`Compare ${marked.length}`}
          </button>
        </div>
      ) : null}
      <table className="data-table" data-testid="graph-runs">
        <RunHead showGraph={false} markable />
        <tbody>
          {runs.map((card) => (
            <RunRow
              key={card.id}
              card={card}
              isShown={card.id === shown}
              showGraph={false}
              isMarked={marked.includes(card.id)}
              onMark={() => toggle(card.id)}
              onChange={reload}
              onOpen={() => void visitRun(app, session, card)}
            />
          ))}
        </tbody>
      </table>
    </>
  )
}
