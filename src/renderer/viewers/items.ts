import { isJsonObject, type Json } from '../../shared/json'

/** Values in a list have no identity but their place. */
export const numbered = (items: readonly Json[]) => items.map((item, place) => ({ key: `#${place}`, item }))

export const itemsOf = (data: Json): readonly Json[] => (Array.isArray(data) ? (data as readonly Json[]) : [])
export const numberOf = (item: Json, name: string): number | undefined => {
  const value = isJsonObject(item) ? item[name] : undefined
  return typeof value === 'number' ? value : undefined
}
