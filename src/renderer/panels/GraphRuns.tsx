import { History } from 'lucide-react'
import { Empty } from '../parts/parts'
import { useApp, useRun, useSession } from '../state/hooks'
import { visitRun } from '../state/running'
import { RunHead, RunRow } from './RunRow'
import { useRuns } from './use-runs'

export function GraphRuns() {
  const app = useApp()
  const session = useSession()
  const shown = useRun((run) => run.id)
  const { runs, reload } = useRuns(session.id, '')
  if (!runs) return null
  if (runs.length === 0) return <Empty icon={<History />}>No runs yet.</Empty>
  return (
    <table className="data-table" data-testid="graph-runs">
      <RunHead showGraph={false} />
      <tbody>
        {runs.map((card) => (
          <RunRow
            key={card.id}
            card={card}
            isShown={card.id === shown}
            showGraph={false}
            onChange={reload}
            onOpen={() => void visitRun(app, session, card)}
          />
        ))}
      </tbody>
    </table>
  )
}
