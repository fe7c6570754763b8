import { useEffect } from 'react'
import type { Compatibility } from '../../shared/api'
import { Empty, Tip } from '../parts/parts'
import { useApp, useCatalog } from '../state/hooks'
import { toastError } from '../state/view'

const questions = [
  ['merge', 'M', 'weights can be merged'],
  ['mix', 'T', 'tokens can be mixed directly'],
  ['draft', 'D', 'can draft for'],
] as const

/** Any two models: may their weights be merged, their tokens mixed, can one draft for the other, and why. */
export function CompatibilityMatrix() {
  const app = useApp()
  const models = useCatalog((catalog) => catalog.models).filter((model) => model.state === 'present' && model.sha256)
  const matrix = useCatalog((catalog) => catalog.matrix)
  useEffect(() => {
    if (matrix.length === 0)
      app.client.call('models.matrix').then(
        (rows) => app.catalog.setState({ matrix: rows }),
        (error) => toastError(app.view, error),
      )
  }, [app, matrix])
  if (models.length < 2) return <Empty>Two models are needed to compare.</Empty>
  const cell = (a: string, b: string): Compatibility | undefined =>
    matrix.find((row) => row.a === a && row.b === b) ?? matrix.find((row) => row.a === b && row.b === a)
  return (
    <div className="matrix" data-testid="matrix">
      <p className="matrix-legend">
        {questions.map(([key, letter, told]) => (
          <span key={key}>
            <span className="fit yes" aria-hidden>
              {letter}
            </span>
            {told}
          </span>
        ))}
        <span>
          <span className="fit no" aria-hidden>
            M
          </span>
          struck out: not so; point at it for the reason
        </span>
      </p>
      <table>
        <thead>
          <tr>
            <th aria-label="Model" />
            {models.map((model) => (
              <th key={model.sha256} scope="col">
                <span>{model.name}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {models.map((a) => (
            <tr key={a.sha256}>
              <th scope="row">{a.name}</th>
              {models.map((b) => {
                const found = a === b ? undefined : cell(a.name, b.name)
                return (
                  <td key={b.sha256}>
                    {found
                      ? questions.map(([key, letter, told]) => (
                          <Tip key={key} text={`${a.name} and ${b.name}: ${told}: ${found[key].ok ? 'yes' : 'no'}. ${found[key].reason}`}>
                            <span
                              className={found[key].ok ? 'fit yes' : 'fit no'}
                              role="img"
                              aria-label={`${told}: ${found[key].ok ? 'yes' : 'no'}`}
                            >
                              {letter}
                            </span>
                          </Tip>
                        ))
                      : null}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
