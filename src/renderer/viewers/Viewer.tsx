import type { ReactNode } from 'react'
import type { Json } from '../../shared/json'
import type { Claim, Verdict } from '../../shared/value'
import type { WireKind } from '../../shared/wire'
import { ChecksView, TextView } from './ClaimViews'
import { DatasetView, ModelView, StatisticsView } from './DataViews'
import { ExpressionView } from './ExpressionView'
import { itemsOf, numbered } from './items'
import { CandidatesView, DocumentsView, MessagesView, ScoresView } from './ListViews'
import { summarise } from './preview'
import { ReportView } from './ReportView'

/** A value, readable. Nothing here trusts the shape of what it shows: values come from models and files. */
export function Viewer({
  kind,
  list,
  data,
  checks = [],
}: {
  kind: WireKind
  list: boolean
  data: Json
  checks?: readonly (Verdict | Claim)[]
}): ReactNode {
  if (list && Array.isArray(data))
    return (
      <ol className="value-list">
        {numbered((data as readonly Json[]).slice(0, 200)).map(({ key, item }) => (
          <li key={key}>
            <Viewer kind={kind} list={false} data={item} />
          </li>
        ))}
      </ol>
    )
  switch (kind) {
    case 'text':
      return <TextView text={typeof data === 'string' ? data : JSON.stringify(data)} checks={checks} />
    case 'messages':
      return <MessagesView items={itemsOf(data)} />
    case 'documents':
      return <DocumentsView items={itemsOf(data)} />
    case 'candidates':
      return <CandidatesView items={itemsOf(data)} />
    case 'claims':
    case 'verdicts':
      return <ChecksView items={itemsOf(data)} />
    case 'scores':
      return <ScoresView items={itemsOf(data)} />
    case 'dataset':
      return <DatasetView data={data} />
    case 'model':
      return <ModelView data={data} />
    case 'number':
    case 'boolean':
      return <p className="value-big">{summarise(kind, false, data)}</p>
    case 'distribution':
    case 'weights':
    case 'drafter':
      return <ExpressionView data={data} />
    case 'statistics':
      return <StatisticsView data={data} />
    default:
      return <ReportView data={data} />
  }
}
