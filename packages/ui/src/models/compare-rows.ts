import type { ModelVersion } from '@trackway/sdk'
import { betterWhen } from '@trackway/sdk'
import type { Field, Mlmodel } from './mlmodel.ts'
import type { SourceRun } from './source-runs.ts'
import { metricText } from '../controls/display-text.ts'

/** A version with all that it is compared by. */
export interface ComparedVersion {
  readonly version: ModelVersion
  readonly run: SourceRun | undefined
  readonly mlmodel: Mlmodel | undefined
}

export interface ComparedRow {
  readonly key: string
  /** One for each version, in their order; undefined where it has none. */
  readonly cells: readonly (ComparedCell | undefined)[]
  readonly isSame: boolean
}

export interface ComparedCell {
  readonly text: string
  readonly full: string
  /** Against the first version: how much, and whether that is better as far as the metric's name tells. */
  readonly delta?: { readonly text: string; readonly judgement: 'good' | 'bad' | undefined }
}

export interface ComparedSection {
  readonly title: string
  readonly isNumeric: boolean
  readonly rows: readonly ComparedRow[]
}

/** What versions are compared by, beside their files; the first version is what the others are measured against. */
export function compareVersions(compared: readonly ComparedVersion[]): readonly ComparedSection[] {
  return [
    { title: 'Version', isNumeric: false, rows: factRows(compared) },
    { title: 'Metrics', isNumeric: true, rows: metricRows(compared) },
    { title: 'Params', isNumeric: false, rows: mapRows(compared.map(({ run }) => run?.params ?? new Map())) },
    { title: 'Tags', isNumeric: false, rows: mapRows(compared.map(({ version }) => tagsOf(version))) },
    { title: 'Inputs', isNumeric: false, rows: fieldRows(compared, 'inputs') },
    { title: 'Outputs', isNumeric: false, rows: fieldRows(compared, 'outputs') },
    { title: 'Signature params', isNumeric: false, rows: fieldRows(compared, 'params') },
    { title: 'Flavours', isNumeric: false, rows: mapRows(compared.map(({ mlmodel }) => flavorsOf(mlmodel))) },
  ]
}

function factRows(compared: readonly ComparedVersion[]): readonly ComparedRow[] {
  return mapRows(
    compared.map(
      ({ version, run }) =>
        new Map([
          ['Stage', version.current_stage as string],
          ['Description', version.description],
          ['Author', version.user_id ?? ''],
          ['Source run', run?.name ?? version.run_id],
        ]),
    ),
    false,
  )
}

function metricRows(compared: readonly ComparedVersion[]): readonly ComparedRow[] {
  const keys = new Set(compared.flatMap(({ run }) => [...(run?.metrics.keys() ?? [])]))
  return [...keys].toSorted().map((key) => {
    const values = compared.map(({ run }) => run?.metrics.get(key))
    const [base] = values
    return {
      key,
      isSame: new Set(values).size === 1,
      cells: values.map((value, index) => {
        if (value === undefined) return undefined
        const cell = { text: metricText(value), full: String(value) }
        const delta = index > 0 && base !== undefined ? deltaOf(key, base, value) : undefined
        return delta ? { ...cell, delta } : cell
      }),
    }
  })
}

/** The difference with its sign and, where there is one, in percent. */
function deltaOf(key: string, base: number, value: number): ComparedCell['delta'] {
  const difference = value - base
  if (!Number.isFinite(difference) || difference === 0) return undefined
  const sign = difference > 0 ? '+' : '−'
  const share = base === 0 ? '' : ` (${sign}${Math.abs((difference / base) * 100).toPrecision(2)} %)`
  const direction = betterWhen(key)
  const judgement = direction && (difference > 0 === (direction === 'higher') ? 'good' : 'bad')
  return { text: `${sign}${metricText(Math.abs(difference))}${readable(share)}`, judgement }
}

/** toPrecision writes large numbers with an exponent. */
function readable(share: string): string {
  return share.replace(/[\d.]+e\+\d+/, (number) => Number(number).toLocaleString('en'))
}

function fieldRows(compared: readonly ComparedVersion[], part: keyof Mlmodel['signature']): readonly ComparedRow[] {
  return mapRows(
    compared.map(
      ({ mlmodel }) =>
        new Map(
          (mlmodel?.signature[part] ?? []).map((field, index) => [field.name ?? `#${index + 1}`, fieldText(field)]),
        ),
    ),
    false,
  )
}

function fieldText(field: Field): string {
  const rest = field.default === undefined ? '' : ` = ${field.default}`
  return `${field.type}${field.isRequired ? '' : ' (optional)'}${rest}`
}

function flavorsOf(mlmodel: Mlmodel | undefined): ReadonlyMap<string, string> {
  return new Map(
    (mlmodel?.flavors ?? []).flatMap(({ name, facts }) => [
      [name, 'yes'] as const,
      ...facts.map(([key, value]) => [`${name}.${key}`, value] as const),
    ]),
  )
}

function tagsOf({ tags = [] }: ModelVersion): ReadonlyMap<string, string> {
  return new Map(tags.map(({ key, value }) => [key, value]))
}

/** A row for each key of some maps: by name, or as they came. */
function mapRows(maps: readonly ReadonlyMap<string, string>[], isSorted = true): readonly ComparedRow[] {
  const keys = [...new Set(maps.flatMap((map) => [...map.keys()]))]
  return (isSorted ? keys.toSorted() : keys).map((key) => {
    const values = maps.map((map) => map.get(key))
    return {
      key,
      isSame: new Set(values).size === 1,
      cells: values.map((value) => (value === undefined ? undefined : { text: value, full: value })),
    }
  })
}
