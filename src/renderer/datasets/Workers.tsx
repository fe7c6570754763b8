import { AppWindow, CircleDashed, CircleSlash, Hourglass, Loader, LogOut, SquareTerminal, Workflow } from 'lucide-react'
import { useStore } from 'zustand'
import type { OpenedBatch, WorkerCard } from '../../shared/batch/api'
import { formatCount, formatMs, plural } from '../parts/format'
import { Tip } from '../parts/parts'
import type { GridStore } from './grid-state'

/** Who works on which rows, who waits, and who was lost: every process that has to do with this batch. */
export function Workers({ grid, opened }: { grid: GridStore; opened: OpenedBatch }) {
  const workers = useStore(grid.store, (state) => state.workers)
  if (workers.length === 0) return null
  const lost = workers.filter(({ state }) => state === 'lost').length
  const busy = workers.filter(({ state }) => state === 'working').length
  return (
    <details className="workers" open={workers.length > 1 || lost > 0} data-testid="workers">
      <summary>
        {plural(workers.length, 'worker')}
        <span className="faint">{`, ${formatCount(busy)} at work${lost > 0 ? `, ${formatCount(lost)} lost` : ''}`}</span>
      </summary>
      <div className="workers-frame">
        <table className="summary-table" aria-label="Workers">
          <thead>
            <tr>
              <th scope="col">Worker</th>
              <th scope="col">State</th>
              <th scope="col">Last heard of</th>
              <th scope="col">Rows in hand</th>
              <th scope="col">Brought to an end</th>
            </tr>
          </thead>
          <tbody>
            {workers.map((worker) => (
              <WorkerRow key={worker.id} worker={worker} opened={opened} />
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}

const kinds = {
  window: { icon: <AppWindow />, name: 'Window' },
  browser: { icon: <AppWindow />, name: 'Served app' },
  terminal: { icon: <SquareTerminal />, name: 'Command' },
  worker: { icon: <Workflow />, name: 'Queue worker' },
} as const

const states = {
  working: { tone: 'live', icon: <Loader />, word: 'at work', says: 'It has rows in hand.' },
  waiting: { tone: '', icon: <Hourglass />, word: 'waits', says: 'It takes the next row that there is.' },
  silent: { tone: 'warn', icon: <CircleDashed />, word: 'silent', says: 'Its process lives, but has not said anything for a while.' },
  lost: { tone: 'bad', icon: <CircleSlash />, word: 'lost', says: 'Its process is gone. What it had in hand is done by another one.' },
  left: { tone: '', icon: <LogOut />, word: 'left', says: 'It ended as it should.' },
} as const

function WorkerRow({ worker, opened }: { worker: WorkerCard; opened: OpenedBatch }) {
  const { kind, here, pid, machine, state, seenMsAgo, slots, done, failed } = worker
  const { icon, name } = kinds[kind]
  const sign = states[state]
  return (
    <tr data-testid={`worker-${pid}`} data-state={state}>
      <th scope="row">
        <span className="worker-name">
          {icon}
          {here ? `${name} (this one)` : name}
          <span className="faint">{`process ${pid} on ${machine}${slots > 0 ? `, ${formatCount(slots)} at once` : ''}`}</span>
        </span>
      </th>
      <td>
        <Tip text={sign.says}>
          <span className={`chip ${sign.tone}`}>
            {sign.icon}
            {sign.word}
          </span>
        </Tip>
      </td>
      <td className="number">{state === 'left' ? '–' : seenMsAgo < 4000 ? 'now' : `${formatMs(seenMsAgo)} ago`}</td>
      <td>
        <InHand worker={worker} opened={opened} />
      </td>
      <td className="number">{`${formatCount(done)} done${failed > 0 ? `, ${formatCount(failed)} failed` : ''}`}</td>
    </tr>
  )
}

const mostShown = 4

function InHand({ worker: { atWork, state }, opened: { variants } }: { worker: WorkerCard; opened: OpenedBatch }) {
  if (atWork.length === 0) return <span className="faint">–</span>
  const texts = atWork.map(({ row, variant, forMs }) => {
    const name = variants.length > 1 ? ` · ${variants[variant]}` : ''
    return `${formatCount(row + 1)}${name}${state === 'lost' ? '' : ` (${formatMs(forMs)})`}`
  })
  const rest = texts.length - mostShown
  return (
    <span className={state === 'lost' ? 'faint' : ''}>{texts.slice(0, mostShown).join(', ') + (rest > 0 ? ` and ${rest} more` : '')}</span>
  )
}
