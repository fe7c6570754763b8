import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { WeightsHistogram, WeightsReport } from '../../shared/weights-report'
import type { Client } from '../api/client'
import { useApp } from '../state/hooks'

/** A survey as far as it is: a value is known by its hash and never changes. */
export interface SurveyData {
  readonly report: WeightsReport | undefined
  /** 0..1 while it is made */
  readonly fraction: number | undefined
  readonly error: string | undefined
  /** the person stopped it */
  readonly stopped: boolean
}

const fresh: SurveyData = { report: undefined, fraction: undefined, error: undefined, stopped: false }
const known = new Map<string, StoreApi<SurveyData>>()
const keptAtMost = 16

function storeOf(sha: string): StoreApi<SurveyData> {
  const store = known.get(sha) ?? createStore<SurveyData>(() => fresh)
  known.delete(sha)
  known.set(sha, store)
  if (known.size > keptAtMost) known.delete(known.keys().next().value ?? '')
  return store
}

export function useSurvey(sha: string): SurveyData & { again(): void; stop(): void } {
  const { client } = useApp()
  const store = storeOf(sha)
  useEffect(() => {
    void load(client, sha)
  }, [client, sha])
  return {
    ...useStore(store),
    again: () => {
      storeOf(sha).setState(fresh)
      void load(client, sha)
    },
    stop: () => void client.call('weights.stopSurvey', { sha }).catch(() => undefined),
  }
}

async function load(client: Client, sha: string): Promise<void> {
  const store = storeOf(sha)
  const { report, fraction, stopped } = store.getState()
  if (report || fraction !== undefined || stopped) return
  store.setState({ fraction: 0, error: undefined })
  const silence = client.on('weights.progress', ({ sha: of, done, total }) => {
    if (of === sha) store.setState({ fraction: total > 0 ? done / total : 0 })
  })
  try {
    const made = await client.call('weights.survey', { sha })
    store.setState({ report: made ?? undefined, stopped: made === null, fraction: undefined })
  } catch (error) {
    store.setState({ error: error instanceof Error ? error.message : String(error), fraction: undefined })
  } finally {
    silence()
  }
}

/** The histogram of a tensor, fetched when somebody rests on it. */
export function useHistogram(sha: string, tensor: string | undefined): WeightsHistogram | undefined {
  const { client } = useApp()
  const [found, setFound] = useState<{ sha: string; histogram: WeightsHistogram }>()
  useEffect(() => {
    if (tensor === undefined) return
    let wanted = true
    // walking over the map with the arrow keys asks for nothing until one stands still
    const rest = setTimeout(() => {
      client.call('weights.histogram', { sha, tensor }).then(
        (histogram) => {
          if (wanted) setFound({ sha, histogram })
        },
        () => undefined,
      )
    }, 120)
    return () => {
      wanted = false
      clearTimeout(rest)
    }
  }, [client, sha, tensor])
  return found?.sha === sha && found.histogram.tensor === tensor ? found.histogram : undefined
}
