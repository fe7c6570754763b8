import { type KeyboardEvent, useEffect, useState } from 'react'
import type { Compatibility, ModelCard } from '../../shared/api'
import { Empty, Tip } from '../parts/parts'
import { useApp, useCatalog } from '../state/hooks'
import { mergeModels } from '../state/merge-models'
import { toastError } from '../state/view'
import { type Fit, fitsOf } from './fits'

const legend: readonly { readonly letter: string; readonly is: Fit['is']; readonly told: string }[] = [
  { letter: 'M', is: 'yes', told: 'weights can be merged' },
  { letter: 'T', is: 'yes', told: 'tokens can be mixed' },
  { letter: 'A', is: 'partly', told: 'tokens can be mixed once their vocabularies are aligned' },
  { letter: 'D', is: 'yes', told: 'the smaller can draft for the larger' },
  { letter: 'M', is: 'no', told: 'struck out: not so' },
]

/** Any two models: may their weights be merged, their tokens mixed, can one draft for the other, and why. One stop for the Tab key; arrows walk. */
export function CompatibilityMatrix({ cards }: { cards: readonly ModelCard[] }) {
  const app = useApp()
  const models = cards.filter((model) => model.state === 'present' && model.sha256)
  const matrix = useCatalog((catalog) => catalog.matrix)
  const [[row, column], setPlace] = useState<readonly [row: number, column: number]>([0, 1])
  useEffect(() => {
    if (matrix.length === 0)
      app.client.call('models.matrix').then(
        (rows) => app.catalog.setState({ matrix: rows }),
        (error) => toastError(app.view, error),
      )
  }, [app, matrix])
  if (models.length < 2) return <Empty>Two models are needed to compare.</Empty>
  const walk = (event: KeyboardEvent) => {
    const step = steps[event.key]
    if (!step) return
    event.preventDefault()
    event.stopPropagation()
    const within = (at: number) => Math.max(0, Math.min(models.length - 1, at))
    const next = [within(row + step[0]), within(column + step[1])] as const
    setPlace(next)
    event.currentTarget.closest('table')?.querySelector<HTMLElement>(`[data-place="${next.join()}"]`)?.focus()
  }
  return (
    <div className="matrix" data-testid="matrix">
      <p className="matrix-legend">
        {legend.map(({ letter, is, told }) => (
          <span key={told}>
            <span className={`fit ${is}`} aria-hidden>
              {letter}
            </span>
            {told}
          </span>
        ))}
      </p>
      <p className="faint">Point at two models, or walk with the arrow keys, for the reasons. A click makes a graph that merges them.</p>
      <table aria-label="What fits what">
        <thead>
          <tr>
            <th aria-label="Model" />
            {models.map((model, at) => (
              <th key={model.sha256} scope="col" data-looked={at === column}>
                <span>{model.name}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {models.map((a, i) => (
            <tr key={a.sha256}>
              <th scope="row" data-looked={i === row}>
                {a.name}
              </th>
              {models.map((b, j) => (
                <td key={b.sha256}>
                  <MatrixCell
                    pair={[a, b]}
                    found={a === b ? undefined : pairOf(matrix, a.name, b.name)}
                    place={`${i},${j}`}
                    isStop={i === Math.min(row, models.length - 1) && j === Math.min(column, models.length - 1)}
                    onLook={() => setPlace([i, j])}
                    onWalk={walk}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const pairOf = (matrix: readonly Compatibility[], a: string, b: string): Compatibility | undefined =>
  matrix.find((one) => (one.a === a && one.b === b) || (one.a === b && one.b === a))

const steps: { readonly [key: string]: readonly [row: number, column: number] } = {
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
}

interface CellProps {
  readonly pair: readonly [ModelCard, ModelCard]
  readonly found: Compatibility | undefined
  readonly place: string
  readonly isStop: boolean
  onLook(): void
  onWalk(event: KeyboardEvent): void
}

function MatrixCell({ pair: [a, b], found, place, isStop, onLook, onWalk }: CellProps) {
  const app = useApp()
  const common = { 'data-place': place, tabIndex: isStop ? 0 : -1, onFocus: onLook, onPointerEnter: onLook, onKeyDown: onWalk }
  if (!found) return <button type="button" className="fits" aria-disabled aria-label={`${a.name} and ${b.name}`} {...common} />
  const fits = fitsOf(found)
  return (
    <Tip
      text={
        <>
          <b>{`${a.name} and ${b.name}`}</b>
          {fits.map(({ letter, is, told, reason }) => (
            <p key={letter} className="fit-reason">
              <span className={`fit ${is}`} aria-hidden>
                {letter}
              </span>
              <span>{`${told} ${reason}`}</span>
            </p>
          ))}
        </>
      }
    >
      <button
        type="button"
        className="fits"
        aria-label={`${a.name} and ${b.name}: ${fits.map(({ told }) => told).join(' ')}`}
        aria-disabled={!found.merge.ok}
        onClick={() => {
          if (found.merge.ok) void mergeModels(app, [a, b])
        }}
        {...common}
      >
        {/* signs, not text: the name of the button says them in words */}
        {fits.map(({ letter, is }) => (
          <span key={letter} className={`fit ${is}`} data-letter={letter} aria-hidden />
        ))}
      </button>
    </Tip>
  )
}
