import type { Pushes, PushTopic } from '../../shared/api'
import type { GraphDocument } from '../../shared/graph/document'
import type { NodeSpecs } from '../../shared/graph/specs'
import type { Store } from '../store'

/** The rooms that the handlers work with; `app.ts` builds each once. */
export interface House {
  readonly store: Store
  readonly specs: NodeSpecs
  readonly newId: (prefix: string) => string
  readonly template: (id: string, real: boolean) => Promise<GraphDocument>
  broadcast<T extends PushTopic>(topic: T, payload: Pushes[T]): void
}
