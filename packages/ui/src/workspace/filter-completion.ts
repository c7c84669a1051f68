import { metricText } from '../controls/display-text.ts'
import type { Facet } from './run-queries.ts'
import { quoted } from './workspace-state.ts'

export interface Completion {
  readonly text: string
  /** What is put into the filter. */
  readonly insert: string
  readonly hint: string
}

export interface Completions {
  /** The part of the text that a completion replaces. */
  readonly from: number
  readonly to: number
  readonly options: readonly Completion[]
}

const most = 60
const token =
  /\s+|'(?:[^']|'')*'?|"(?:[^"]|"")*"?|[<>=!]=|<>|[<>=(),]|[\p{L}\p{N}_.:/+-]+(?:`(?:[^`]|``)*`?|"(?:[^"]|"")*"?)?|./gsu
const comparator = /^(?:=|!=|<>|[<>]=?|LIKE|ILIKE|IN)$/i
const connective = /^(?:AND|OR|NOT|\()$/i
const attributes: readonly string[] = [
  'status',
  'start_time',
  'end_time',
  'run_name',
  'run_id',
  'user_id',
  'experiment_id',
]
const numberAttributes: readonly string[] = ['start_time', 'end_time']

interface Place {
  readonly expects: 'field' | 'comparator' | 'value' | 'list' | 'connective'
  readonly field: string
  readonly from: number
  /** What is written of it. */
  readonly part: string
}

/** The field whose value or comparator stands at `caret`; empty where there is none. */
export function fieldAt(text: string, caret: number): string {
  return placeAt(text, caret).field
}

/** What can stand at `caret` in a filter: fields, comparators, values of the field, or AND and OR. */
export function completionsAt(text: string, caret: number, facets: readonly Facet[]): Completions {
  const place = placeAt(text, caret)
  const rest = /^[^\s(),'"<>=!]*/.exec(text.slice(caret))?.[0].length ?? 0
  const to = place.part === '' || place.expects === 'comparator' ? caret : caret + rest
  const wanted = place.part.toLowerCase()
  const rank = ({ text: one }: Completion): number => {
    const name = one.toLowerCase()
    if (name.startsWith(wanted)) return 0
    return name.includes(wanted.replace(/^['"]/, '')) ? 1 : -1
  }
  const options = candidates(place, facets)
    .map((option) => ({ option, at: rank(option) }))
    .filter(({ option, at }) => at >= 0 && option.insert.trim() !== place.part)
    .toSorted((a, b) => a.at - b.at)
    .map(({ option }) => option)
  return { from: place.from, to, options: options.slice(0, most) }
}

function placeAt(text: string, caret: number): Place {
  let expects: Place['expects'] = 'field'
  let field = ''
  let inList = false
  const before = text.slice(0, caret)
  const tokens = [...before.matchAll(token)].map((match) => ({ source: match[0], start: match.index }))
  const last = tokens.at(-1)
  const isOpen = last !== undefined && !/^(?:\s+|[(),])$/.test(last.source) && !isClosed(last.source)
  const done = isOpen ? tokens.slice(0, -1) : tokens
  for (const { source } of done) {
    if (/^\s+$/.test(source)) continue
    if (inList) {
      if (source === '(' || source === ',') expects = 'list'
      else if (source === ')') [inList, expects, field] = [false, 'connective', '']
      else expects = 'connective'
    } else if (connective.test(source)) {
      if (source !== 'NOT' || expects !== 'comparator') [expects, field] = ['field', '']
    } else if (source === ')') [expects, field] = ['connective', '']
    else if (/^(?:IS|NULL)$/i.test(source)) expects = /^NULL$/i.test(source) ? 'connective' : 'comparator'
    else if (comparator.test(source)) {
      inList = /^IN$/i.test(source)
      expects = inList ? 'list' : 'value'
    } else if (expects === 'field') [expects, field] = ['comparator', source]
    else [expects, field] = ['connective', '']
  }
  const from = isOpen ? last.start : caret
  return { expects, field, from, part: before.slice(from) }
}

function isClosed(source: string): boolean {
  const quote = source[0] ?? ''
  return (quote === "'" || quote === '"') && source.length > 1 && source.endsWith(quote)
}

function candidates({ expects, field }: Place, facets: readonly Facet[]): readonly Completion[] {
  const facet = facets.find((one) => one.field === field || one.field === `attributes.${field}`)
  switch (expects) {
    case 'field':
      return [
        ...facets.filter(({ kind }) => kind !== 'ATTRIBUTE').map(fieldOption),
        ...attributes.map((name) => ({ text: `attributes.${name}`, insert: `attributes.${name} `, hint: 'attribute' })),
        { text: 'NOT', insert: 'NOT ', hint: 'the opposite' },
        { text: '(', insert: '(', hint: 'a group' },
      ]
    case 'comparator':
      return comparatorsOf(field).map((one) => ({
        text: one,
        insert: one === 'IN' || one === 'NOT IN' ? `${one} (` : `${one} `,
        hint: '',
      }))
    case 'value':
    case 'list':
      if (facet?.kind === 'METRIC' || facet?.key === 'start_time') return rangeOptions(facet)
      return (facet?.values ?? statusValues(field)).map(({ value, runs }) => ({
        text: quoted(value),
        insert: quoted(value) + (expects === 'list' ? '' : ' '),
        hint: runs === 0 ? '' : Number(runs).toLocaleString('en'),
      }))
    case 'connective':
      return ['AND', 'OR', ')'].map((one) => ({ text: one, insert: one === ')' ? ') ' : `${one} `, hint: '' }))
  }
}

function fieldOption({ field, kind, runs, min, max }: Facet): Completion {
  const range =
    kind === 'METRIC' && min !== undefined && max !== undefined
      ? `${metricText(Number(min))} – ${metricText(Number(max))}`
      : ''
  return { text: field, insert: `${field} `, hint: range || `${Number(runs).toLocaleString('en')} runs` }
}

function rangeOptions({ min, max, key }: Facet): readonly Completion[] {
  if (min === undefined || max === undefined) return []
  const hint = (what: string): string => (key === 'start_time' ? `${what}, ms since 1970` : what)
  return [
    { text: String(min), insert: `${min} `, hint: hint('the least') },
    { text: String(max), insert: `${max} `, hint: hint('the greatest') },
  ]
}

function comparatorsOf(field: string): readonly string[] {
  const isNumber =
    field.startsWith('metric') || numberAttributes.includes(field.replace(/^(?:attributes?|attr|run)\./, ''))
  return isNumber
    ? ['<', '<=', '>', '>=', '=', '!=', 'IS NULL', 'IS NOT NULL']
    : ['=', '!=', 'IN', 'NOT IN', 'LIKE', 'ILIKE', 'IS NULL', 'IS NOT NULL']
}

function statusValues(field: string): readonly { readonly value: string; readonly runs: number }[] {
  if (!/^(?:attributes\.)?status$/.test(field)) return []
  return ['RUNNING', 'FINISHED', 'FAILED', 'KILLED', 'SCHEDULED'].map((value) => ({ value, runs: 0 }))
}
