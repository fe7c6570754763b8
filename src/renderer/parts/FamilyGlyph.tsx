import {
  BadgeCheck,
  BookOpen,
  Combine,
  Cpu,
  Database,
  Dice5,
  FastForward,
  FileText,
  FlaskConical,
  GitMerge,
  Library,
  ListChecks,
  ListOrdered,
  type LucideIcon,
  MessageSquare,
  Repeat,
  Save,
  ScanSearch,
  Scissors,
  Search,
  ShieldCheck,
  Shuffle,
  Type,
  Waypoints,
} from 'lucide-react'
import type { NodeFamily, NodeSpec } from '../../shared/node-spec'

/** A small picture for a node kind, by words of its type, else by its family. A kind that nobody drew for still gets one. */
const byWord: readonly (readonly [RegExp, LucideIcon])[] = [
  [/retriev|index/, Search],
  [/compress/, Scissors],
  [/verif|nli|entail/, ShieldCheck],
  [/detect|claim/, ScanSearch],
  [/draft/, FastForward],
  [/decod|sampl/, Dice5],
  [/rank|best|score/, ListOrdered],
  [/fus|gather/, Combine],
  [/route|cascade/, Waypoints],
  [/write|save/, Save],
  [/merge|average|task-vector|weights|prune/, GitMerge],
  [/document/, Library],
  [/dataset/, Database],
  [/language-model|model/, Cpu],
  [/message|chat/, MessageSquare],
  [/answer/, BadgeCheck],
  [/loop|map/, Repeat],
  [/template/, FileText],
  [/text/, Type],
]
const byFamily: Record<NodeFamily, LucideIcon> = {
  io: BookOpen,
  merging: GitMerge,
  ensemble: Shuffle,
  cooperation: ListChecks,
  flow: Repeat,
}

export function FamilyGlyph({ spec }: { spec: Pick<NodeSpec, 'type' | 'family'> }) {
  const Icon = byWord.find(([pattern]) => pattern.test(spec.type))?.[1] ?? byFamily[spec.family] ?? FlaskConical
  return <Icon />
}
