import type { ReactNode } from 'react'
import type { Json } from '../../shared/json'
import { JsonView } from './DataViews'
import { expressionPart } from './describe-expression'

/** An expression as an indented tree: what is done and how it is set, then what it is made of, each with its place and weight. */
export function ExpressionView({ data, role = '', depth = 0 }: { data: Json; role?: string; depth?: number }): ReactNode {
  const part = depth > 12 ? undefined : expressionPart(data)
  if (!part) return <JsonView data={data} />
  return (
    <div className="expression">
      <p>
        <b>{part.name}</b> <span className="faint">{[role, part.settings].filter(Boolean).join(' · ')}</span>
      </p>
      {part.of.map((one, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of an expression are known by their places
        <ExpressionView key={place} data={one.data} role={one.role} depth={depth + 1} />
      ))}
    </div>
  )
}
