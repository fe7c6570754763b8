import { useCallback, useEffect, useRef, useState } from 'react'

const pageSize = 100

/** Rows of a long list, fetched a page at a time as they come into sight. `version`: rows of another version are other rows. */
export function usePages<T>(
  version: string,
  total: number,
  fetchPage: (from: number, count: number) => Promise<readonly T[]>,
  report: (error: unknown) => void,
): { row(place: number): T | undefined; want(first: number, last: number): void } {
  const [pages, setPages] = useState<ReadonlyMap<number, readonly T[]>>(new Map())
  const asked = useRef(new Set<string>())
  // biome-ignore lint/correctness/useExhaustiveDependencies: another version empties what is kept
  useEffect(() => {
    asked.current = new Set()
    setPages(new Map())
  }, [version])
  const want = useCallback(
    (first: number, last: number) => {
      for (let page = Math.floor(first / pageSize); page <= Math.floor(Math.min(last, total - 1) / pageSize); page++) {
        const key = `${version} ${page}`
        if (asked.current.has(key)) continue
        asked.current.add(key)
        fetchPage(page * pageSize, pageSize).then((rows) => {
          if (asked.current.has(key)) setPages((before) => new Map(before).set(page, rows))
        }, report)
      }
    },
    [version, total, fetchPage, report],
  )
  const row = useCallback((at: number) => pages.get(Math.floor(at / pageSize))?.[at % pageSize], [pages])
  return { row, want }
}
