import type { SemanticChange } from '../../shared/graph/semantic-diff'

/** A sign and a word for each kind of change: colour is never the only difference. */
export const markSigns: Record<SemanticChange['kind'], string> = { added: '+', removed: '−', changed: '~' }
export const markWords: Record<SemanticChange['kind'], string> = { added: 'added', removed: 'removed', changed: 'changed' }
