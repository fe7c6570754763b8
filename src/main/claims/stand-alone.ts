const pronoun = /^(It|They|He|She|This|These)\b/i
const verb =
  /\s(?=(?:is|are|was|were|has|have|had|can|could|will|would|may|might|must|should|does|do|did|lies|lie|stands|stand|serves|serve|gives|give|makes|make|opens|open|closes|close|takes|take|costs|cost|connects|connect|leads|lead|began|begins|became|becomes|came|comes|lives|live|won|works?|weighs?|holds?|follows?|runs?|ran|leaves?|left|shows?|includes?|contains?|covers?|keeps?|kept|sells?|sold|uses?|needs?|goes|went|made|built|lasts?|starts?|ends?|belongs?|reaches|rises?|offers?|provides?|grew|grows?|saved|carries|carried|joins?|meets?|met|sails?|sits?|hangs?)\b)/i

/**
 * Statements in their order, each made to stand alone: one that opens with “it”, “they”, “he” or “she” gets the subject of the nearest statement before it that has
 * one. The rest stays as it is, and so does a statement for which no subject is found. “This” and “these” are left: what they mean is seldom a subject.
 */
export function standAlone(statements: readonly string[]): string[] {
  let subject: string | undefined
  return statements.map((statement) => {
    const opening = pronoun.exec(statement)?.[1]
    if (opening === undefined) {
      subject = subjectOf(statement) ?? subject
      return statement
    }
    if (subject === undefined || /^th[ie]s/i.test(opening)) return statement
    const isLower = opening[0] === opening[0]!.toLowerCase()
    const named = isLower ? lowerFirst(subject) : subject
    return named + statement.slice(opening.length)
  })
}

/** What stands before the first common verb, when it is short and begins like a subject: no preposition, no clause. */
function subjectOf(statement: string): string | undefined {
  const at = statement.search(verb)
  if (at <= 0) return undefined
  const candidate = statement.slice(0, at)
  const words = candidate.split(/\s+/)
  const isPlain =
    !/[,;:()]/.test(candidate) &&
    !/^(?:In|On|At|By|For|From|With|When|While|If|Because|Although|After|Before|Since|There|Here|Who|What|Where|That)\b/i.test(candidate)
  return isPlain && words.length <= 8 ? candidate : undefined
}

/** A name keeps its capital. */
const lowerFirst = (subject: string): string => (/^(?:The|A|An)\s/.test(subject) ? subject[0]!.toLowerCase() + subject.slice(1) : subject)
