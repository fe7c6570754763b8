import type { TensorReport, WeightsReport } from '../../shared/weights-report'
import { Histogram } from './Histogram'
import { formatFigure, offeredOf } from './heat'
import { partText } from './part-names'
import { useHistogram } from './weights-data'

/** One tensor: figures of the result and of each model, and how its changes are spread. */
export function TensorDetail({ sha, tensor, report }: { sha: string; tensor: TensorReport; report: WeightsReport }) {
  const histogram = useHistogram(sha, tensor.name)
  const isShare = report.reference !== 'none'
  const weighs = tensor.coefficients.length > 0
  const rows: { name: string; change: number; unchanged: number; coefficient?: number | undefined }[] = [
    { name: 'result', change: tensor.change, unchanged: tensor.unchanged },
    ...report.models.map((name, i) => ({
      name,
      change: tensor.changes[i] ?? 0,
      unchanged: tensor.unchangedOf[i] ?? 0,
      coefficient: tensor.coefficients[i],
    })),
  ]
  return (
    <div className="tensor-detail" data-testid="tensor-detail">
      <h3 className="mono">{tensor.name}</h3>
      <p className="faint">{[partText(tensor.part), tensor.shape.join(' × ')].filter(Boolean).join(' · ')}</p>
      <table>
        <thead>
          <tr>
            <th scope="col">
              <span className="sr-only">Whose</span>
            </th>
            <th scope="col">{{ base: 'change', mean: 'distance', none: 'size' }[report.reference]}</th>
            <th scope="col">unchanged</th>
            {weighs ? <th scope="col">coefficient</th> : null}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              <th scope="row" className="clip">
                {row.name}
              </th>
              <td>{formatFigure(row.change, isShare)}</td>
              <td>{formatFigure(row.unchanged, true)}</td>
              {weighs ? <td>{row.coefficient === undefined ? '' : formatFigure(row.coefficient, false)}</td> : null}
            </tr>
          ))}
        </tbody>
      </table>
      {offeredOf(report).cosines ? <p>{formatFigure(tensor.conflicts, true)} of its entries are pulled both ways.</p> : null}
      {histogram ? <Histogram histogram={histogram} models={report.models} /> : <p className="faint">Counting its entries…</p>}
    </div>
  )
}
