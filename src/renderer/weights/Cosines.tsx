import type { WeightsReport } from '../../shared/weights-report'

/** How alike the models' changes are: 1 the same direction, 0 nothing to do with each other, −1 opposite. */
export function Cosines({ models, cosines }: WeightsReport) {
  if (models.length < 2) return null
  return (
    <table className="cosines" aria-label="Cosines between the changes of the models" data-testid="cosines">
      <caption>How alike what they learnt is: 1 the same, 0 unrelated, −1 opposite.</caption>
      <thead>
        <tr>
          <th scope="col">cosine</th>
          {models.map((name, i) => (
            <th key={name} scope="col" title={name}>
              {i + 1}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {models.map((name, i) => (
          <tr key={name}>
            <th scope="row" className="clip" title={name}>
              {i + 1} {name}
            </th>
            {models.map((other, j) => {
              const cosine = cosines[i]?.[j] ?? null
              return (
                <td
                  key={other}
                  style={{ '--heat': `${Math.round(100 * Math.abs(cosine ?? 0))}%` } as React.CSSProperties}
                  data-sign={Math.sign(cosine ?? 0)}
                >
                  {i === j ? '·' : cosine === null ? 'none' : cosine.toFixed(2).replace('-', '−')}
                </td>
              )
            })}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
