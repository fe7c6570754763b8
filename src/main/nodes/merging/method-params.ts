import { renameParams } from '../../../shared/formula'
import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../../../shared/json'
import { humanName, paramTitle } from '../../../shared/names'
import type { ParamSpec } from '../../../shared/node-spec'
import { weightsCatalog } from '../../weights/catalog'
import type { AnyMethod } from '../../weights/method'
import { refuse } from '../../weights/settings'

/** The settings of all discovered methods as one form: each shown only where its method is chosen. */
export interface MethodForm {
  readonly params: { readonly [name: string]: ParamSpec }
  /** The chosen method's own settings out of the form's values. */
  settingsOf(method: AnyMethod, values: Readonly<Record<string, unknown>>): Record<string, Json>
  /** The param that holds this setting of this method. */
  fieldOf(method: AnyMethod, setting: string): string
}

/** A setting that several methods describe alike is one field; one that differs gets its method's name in front. `chooser` is the param that names the method. */
export function methodForm(methods: readonly AnyMethod[], chooser: string): MethodForm {
  const fields = new Map<string, { spec: ParamSpec; methods: string[] }>()
  const fieldOf = new Map<string, string>()
  for (const method of methods) {
    for (const [name, spec] of Object.entries(method.params)) {
      const standing = fields.get(name)
      const isSame = standing === undefined || canonicalJson(shapeOf(standing.spec)) === canonicalJson(shapeOf(spec))
      const field = isSame ? name : `${method.name}-${name}`
      const members = fields.get(field) ?? { spec: isSame ? spec : { ...spec, title: paramTitle(name, spec) }, methods: [] }
      members.methods.push(method.name)
      fields.set(field, members)
      fieldOf.set(`${method.name}/${name}`, field)
    }
  }
  const params = Object.fromEntries(
    [...fields].map(([name, { spec, methods: shownFor }]) => [name, { ...spec, when: { param: chooser, in: shownFor } }]),
  )
  const find = (method: AnyMethod, name: string): string => fieldOf.get(`${method.name}/${name}`) ?? name
  return {
    params,
    settingsOf: (method, values) =>
      Object.fromEntries(Object.keys(method.params).map((name) => [name, values[find(method, name)] as Json])),
    fieldOf: find,
  }
}

/** What must agree for two settings to share a field: all but their words. */
const shapeOf = ({ summary: _summary, title: _title, when: _when, ...shape }: ParamSpec): unknown => shape

/** The options of a choice of methods; with a form, all that is known of each, and their formulas name its fields. */
export const methodOptions = (methods: readonly AnyMethod[], form?: MethodForm): Extract<ParamSpec, { kind: 'choice' }>['options'] =>
  methods.map((method) => {
    const { name, title, summary, formula, help, paper, stochastic = false } = method
    const fieldOf = (setting: string) =>
      (Object.hasOwn(method.perModel, setting) ? listNames[setting] : form?.fieldOf(method, setting)) ?? setting
    const more = form && { formula: renameParams(formula, fieldOf), ...(help === undefined ? {} : { help }), paper, stochastic }
    return { value: name, title, summary, ...more }
  })

/** Param names of the lists that hold one number a model. */
export const listNames: Readonly<Record<string, string>> = { weight: 'weights', density: 'densities' }

/**
 * One value a model from a comma list (`1, 0.5`), or from JSON where a model has a schedule (`[[0, 0.5, 1], 1]`). Empty: `undefined` for each;
 * one value stands for all. Throws `weights-parameter` when the counts differ.
 */
export function perModelList(text: string, count: number, name: string): (Json | undefined)[] {
  const list =
    text.trim() === '' ? [] : text.trim().startsWith('[') ? parseJson(text, name) : text.split(',').map((part) => numberFrom(part, name))
  if (list.length === 0) return Array.from({ length: count }, () => undefined)
  if (list.length === 1) return Array.from({ length: count }, () => list[0])
  return list.length === count
    ? list
    : refuse(
        humanName(name),
        `lists ${list.length} values for ${count} models`,
        'Give one value for each wire, in their order, or a single one for all.',
      )
}

/** The other way round: what `perModelList` reads, in six digits, which is more than a search or a loss can tell apart. */
export const listText = (values: readonly (Json | undefined)[]): string =>
  values.map((value) => JSON.stringify(value, (_, one: unknown) => (typeof one === 'number' ? Number(one.toPrecision(6)) : one))).join(', ')

function numberFrom(part: string, name: string): number {
  const value = Number(part)
  return part.trim() !== '' && Number.isFinite(value)
    ? value
    : refuse(
        humanName(name),
        `has ${JSON.stringify(part.trim())} in its list, which is no number`,
        'Write numbers with commas between them, such as 1, 0.5.',
      )
}

function parseJson(text: string, name: string): Json[] {
  try {
    const parsed: unknown = JSON.parse(text)
    if (Array.isArray(parsed)) return parsed as Json[]
  } catch {
    // told below
  }
  return refuse(humanName(name), 'is not a JSON list')
}

/** Schedules given as JSON, `{"t": [0, 1]}`, in place of plain numbers. */
export const withSchedules = (settings: Record<string, Json>, schedules: Json): Record<string, Json> =>
  isJsonObject(schedules) ? { ...settings, ...(schedules as JsonObject) } : settings

/** What the Merger offers: methods that come with a node of their own are not among them. */
export const mergerMethods = weightsCatalog().methods.filter(({ hasOwnNode }) => !hasOwnNode)

/** The forms of the two nodes that choose a method. */
export const mergerForm = methodForm(mergerMethods, 'method')
export const prunerForm = methodForm(weightsCatalog().pruners, 'pruner')
