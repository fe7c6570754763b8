/** A value that is there, or will be. What is there goes on at once: a trivial node costs no promise and no turn of the event loop. */
export type Soon<T> = T | Promise<T>

/** Goes on with the value, at once where it is there. */
export const andThen = <T, R>(soon: Soon<T>, next: (value: T) => Soon<R>): Soon<R> =>
  soon instanceof Promise ? soon.then(next) : next(soon)

/** Does the work; what it throws, now or later, goes to `onThrown`. */
export function rescue<T>(work: () => Soon<T>, onThrown: (thrown: unknown) => Soon<T>): Soon<T> {
  let given: Soon<T>
  try {
    given = work()
  } catch (thrown) {
    return onThrown(thrown)
  }
  return given instanceof Promise ? given.catch(onThrown) : given
}

/** Does the work, then `end`, however the work ended. */
export function lastly<T>(work: () => Soon<T>, end: () => void): Soon<T> {
  let given: Soon<T>
  try {
    given = work()
  } catch (thrown) {
    end()
    throw thrown
  }
  if (given instanceof Promise) return given.finally(end)
  end()
  return given
}
