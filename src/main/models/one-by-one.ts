import type { Call } from './model'

/** Does something for each of some texts, one after the other; of several, how many are done is told as where they are read side by side. */
export async function oneByOne<Asked, Given>(
  asked: readonly Asked[],
  call: Call,
  work: (asked: Asked) => Promise<Given>,
): Promise<Given[]> {
  const given: Given[] = []
  const tell = (): void => {
    if (asked.length > 1) call.onEvent?.({ type: 'texts-progress', done: given.length, total: asked.length })
  }
  for (const one of asked) {
    tell()
    given.push(await work(one))
  }
  tell()
  return given
}
