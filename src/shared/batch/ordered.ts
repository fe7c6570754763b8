/** Lets things through in the order of their numbers, from 0 on, whatever order they come in. `isPast` tells which numbers went through in an earlier life. */
export function inOrder<T>(
  emit: (thing: T) => void,
  isPast: (number: number) => boolean = () => false,
): (number: number, thing: T) => void {
  const held = new Map<number, T>()
  let next = 0
  return (number, thing) => {
    if (number < next) return emit(thing)
    held.set(number, thing)
    for (;;) {
      const ready = held.get(next)
      if (ready !== undefined) {
        held.delete(next)
        emit(ready)
      } else if (!isPast(next)) return
      next++
    }
  }
}
