import { useEffect } from 'react'
import { useStore } from 'zustand'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { TokenLists, TraceOutline } from '../../shared/trace/trace'
import type { Client } from '../api/client'
import { useApp } from '../state/hooks'

/** A trace as far as it was fetched: the outline at once, lists of tokens in pages when somebody looks. A trace is known by its hash and never changes. */
export interface TraceData {
  readonly outline: TraceOutline | undefined
  readonly pages: ReadonlyMap<number, readonly TokenLists[]>
  readonly error: string | undefined
}

type TraceStore = StoreApi<TraceData>

const pageSize = 64
const keptAtMost = 8
const known = new Map<string, TraceStore>()
const asked = new WeakMap<TraceStore, Set<number>>()

function storeOf(blob: string): TraceStore {
  const store = known.get(blob) ?? createStore<TraceData>(() => ({ outline: undefined, pages: new Map(), error: undefined }))
  known.delete(blob)
  known.set(blob, store)
  if (known.size > keptAtMost) known.delete(known.keys().next().value ?? '')
  return store
}

const empty = createStore<TraceData>(() => ({ outline: undefined, pages: new Map(), error: undefined }))

export function useTrace(blob: string | undefined): TraceData {
  const { client } = useApp()
  const store = blob === undefined ? empty : storeOf(blob)
  useEffect(() => {
    if (blob !== undefined) void load(client, blob, storeOf(blob), 0)
  }, [client, blob])
  return useStore(store)
}

export const listsOf = (data: TraceData, token: number): TokenLists | undefined =>
  data.pages.get(Math.floor(token / pageSize))?.[token % pageSize]

/** Sees that the lists of a token are there, or come. */
export function useLists(blob: string, data: TraceData, token: number | undefined): TokenLists | undefined {
  const { client } = useApp()
  const page = token === undefined ? undefined : Math.floor(token / pageSize)
  useEffect(() => {
    if (page !== undefined) void load(client, blob, storeOf(blob), page)
  }, [client, blob, page])
  return token === undefined ? undefined : listsOf(data, token)
}

async function load(client: Client, blob: string, store: TraceStore, page: number): Promise<void> {
  const waiting = asked.get(store) ?? new Set()
  asked.set(store, waiting)
  if (waiting.has(page)) return
  waiting.add(page)
  try {
    const outline = store.getState().outline === undefined
    const slice = await client.call('traces.get', { blob, outline, from: page * pageSize, count: pageSize })
    store.setState((data) => ({
      outline: slice.outline ?? data.outline,
      pages: new Map(data.pages).set(page, slice.lists),
      error: undefined,
    }))
  } catch (error) {
    waiting.delete(page)
    store.setState({ error: error instanceof Error ? error.message : String(error) })
  }
}

/** All lists, for an export. */
export async function allLists(client: Client, blob: string, count: number): Promise<TokenLists[]> {
  const lists: TokenLists[] = []
  while (lists.length < count) {
    const slice = await client.call('traces.get', { blob, from: lists.length, count: 1000 })
    if (slice.lists.length === 0) break
    lists.push(...slice.lists)
  }
  return lists
}
