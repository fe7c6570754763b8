import type { Database } from './database'

/** What loading a model cost on a device, so that the next plan knows it beforehand. */
export interface Measurement {
  /** id of the model: the hash of its file */
  readonly model: string
  readonly device: string
  /** canonical text of the options that change memory (context size, layers on the device, …) */
  readonly options: string
  readonly loadMs: number
  readonly memoryBytes: number
  readonly tokensPerSecond?: number
  readonly at: number
}

export interface MeasurementTable {
  /** Replaces an earlier measurement of the same model, device and options; a known speed stays when the new one has none. */
  put(measurement: Measurement): void
  find(model: string, device: string, options: string): Measurement | undefined
  /** the newest of each device and set of options */
  ofModel(model: string): readonly Measurement[]
}

interface Row {
  readonly model: string
  readonly device: string
  readonly options: string
  readonly load_ms: number
  readonly memory_bytes: number
  readonly tokens_per_second: number | null
  readonly at: number
}

export function measurementTable(database: Database): MeasurementTable {
  const { connection, write } = database
  const put = connection.prepare<[string, string, string, number, number, number | null, number]>(
    `insert into measurements (model, device, options, load_ms, memory_bytes, tokens_per_second, at) values (?, ?, ?, ?, ?, ?, ?)
     on conflict (model, device, options) do update set load_ms = excluded.load_ms, memory_bytes = excluded.memory_bytes,
       tokens_per_second = coalesce(excluded.tokens_per_second, tokens_per_second), at = excluded.at`,
  )
  const find = connection.prepare<[string, string, string], Row>(
    'select * from measurements where model = ? and device = ? and options = ?',
  )
  const ofModel = connection.prepare<[string], Row>('select * from measurements where model = ? order by at desc')

  return {
    put({ model, device, options, loadMs, memoryBytes, tokensPerSecond = null, at }) {
      write(() => put.run(model, device, options, loadMs, Math.round(memoryBytes), tokensPerSecond, at))
    },
    find(model, device, options) {
      const row = find.get(model, device, options)
      return row && parse(row)
    },
    ofModel: (model) => ofModel.all(model).map(parse),
  }
}

function parse(row: Row): Measurement {
  return {
    model: row.model,
    device: row.device,
    options: row.options,
    loadMs: row.load_ms,
    memoryBytes: row.memory_bytes,
    ...(row.tokens_per_second === null ? {} : { tokensPerSecond: row.tokens_per_second }),
    at: row.at,
  }
}
