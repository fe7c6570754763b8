import { describeChanges, semanticDiff } from '../../shared/graph/semantic-diff'
import { graphFromArgument } from './graph-argument'
import { type GlobalOptions, withApp } from './options'
import { printData, printJson } from './output'

/** What differs in meaning between two graphs: files, stored graphs, versions (`NAME@12`), runs (`r_…`), templates; moves and layout are not differences. Exit 0 either way: a difference is an answer. */
export async function diff(a: string, b: string, globals: GlobalOptions): Promise<number> {
  return withApp(globals, async (app) => {
    const [left, right] = [await graphFromArgument(a, app), await graphFromArgument(b, app)]
    const changes = semanticDiff(left.document, right.document)
    if (globals.json) printJson(changes)
    else printData(describeChanges(changes) || 'no difference in meaning')
    return 0
  })
}
