import { TributaryError } from '../errors'
import type { MetricUse } from './definition'

/**
 * `[name:]kind[=output[~path]][;option=value]…`, for instance `em=answer~.gold`, `near:close=sum~.value;tolerance=0.5`, `latency`.
 * `name` defaults to the kind. It is split at fixed signs and computes nothing. Throws `usage`.
 */
export function parseMetric(text: string): MetricUse {
  const refuse = (reason: string): TributaryError =>
    new TributaryError('usage', `The metric “${text.slice(0, 80)}” is not understood: ${reason}.`, {
      hint: 'Write kind=output~.field, for instance em=answer~.gold, or name:kind=output~.field;option=value.',
    })
  if (text.length > 1000) throw refuse('it is too long')
  const [head = '', ...options] = text.split(';')
  const equals = head.indexOf('=')
  const label = (equals < 0 ? head : head.slice(0, equals)).trim()
  const target = equals < 0 ? '' : head.slice(equals + 1).trim()
  const colon = label.indexOf(':')
  const kind = colon < 0 ? label : label.slice(colon + 1)
  const name = colon < 0 ? label : label.slice(0, colon)
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,39}$/.test(name) || !/^[a-z][a-z0-9-]{0,39}$/.test(kind)) throw refuse('it does not begin with a name')
  const tilde = target.indexOf('~')
  const output = tilde < 0 ? target : target.slice(0, tilde)
  const expected = tilde < 0 ? '' : target.slice(tilde + 1)
  if (equals >= 0 && output === '' && expected === '') throw refuse('nothing stands behind “=”')
  return {
    name,
    kind,
    ...(output === '' ? {} : { output }),
    ...(expected === '' ? {} : { expected }),
    options: Object.fromEntries(options.map((option) => parseOption(option, refuse))),
  }
}

function parseOption(text: string, refuse: (reason: string) => TributaryError): [string, string | number | boolean] {
  const equals = text.indexOf('=')
  if (equals < 1) throw refuse(`the option “${text}” has no value`)
  const value = text.slice(equals + 1)
  const number = Number(value)
  const typed = value === 'true' ? true : value === 'false' ? false : value.trim() !== '' && Number.isFinite(number) ? number : value
  return [text.slice(0, equals).trim(), typed]
}
