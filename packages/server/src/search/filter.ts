/** What a condition looks at. */
export type FieldKind = 'attribute' | 'metric' | 'param' | 'tag' | 'dataset'

export type NumberComparator = '=' | '!=' | '<' | '<=' | '>' | '>='
export type TextComparator = '=' | '!=' | 'LIKE' | 'ILIKE'
export type ListComparator = 'IN' | 'NOT IN'
export type NullComparator = 'IS NULL' | 'IS NOT NULL'
export type Comparator = NumberComparator | TextComparator | ListComparator | NullComparator

/**
 * A comparison and what it compares with.
 *
 * - Metrics: a number, ±Infinity when the literal is too large for a double.
 * - int64 attributes: a number where that is exact, a bigint above 2^53; a literal with a fraction, an exponent or
 *   outside int64 is a number.
 * - All else: text. Experiment ids are decimal strings within int64.
 */
export type Comparison =
  | { readonly comparator: NumberComparator; readonly value: number | bigint }
  | { readonly comparator: TextComparator; readonly value: string }
  | { readonly comparator: ListComparator; readonly value: readonly string[] }
  | { readonly comparator: NullComparator; readonly value: null }

/**
 * One condition. `key` is an attribute's canonical name (see `searchEntities`), a metric's, param's or tag's key,
 * or a dataset's `name`, `digest` or `context`. IS NULL says that the thing has no such field: no metric, param or tag
 * of that key, no value in the attribute, no dataset that has the field.
 */
export type Condition = { readonly on: FieldKind; readonly key: string } & Comparison

/**
 * Expressions that must all hold. Empty lets everything through. A condition stands in the list itself wherever only AND
 * and parentheses lie around it.
 */
export type Filter = readonly Expression[]

/** A condition; `any`: at least one of these filters holds; `not`: the filter does not hold. */
export type Expression = Condition | { readonly any: readonly Filter[] } | { readonly not: Filter }

export function isCondition(expression: Expression): expression is Condition {
  return 'on' in expression
}

/** All conditions of a filter, however deep they lie. */
export function conditionsOf(filter: Filter): Condition[] {
  return filter.flatMap((expression) => {
    if (isCondition(expression)) return [expression]
    return 'any' in expression ? expression.any.flatMap(conditionsOf) : conditionsOf(expression.not)
  })
}

/** One term of an order; the first term counts most. */
export interface OrderTerm {
  readonly on: Exclude<FieldKind, 'dataset'>
  readonly key: string
  readonly ascending: boolean
}

/** A metric of a run may count with the least or the greatest of its values, or with how many there are. */
export type RunOrderTerm = OrderTerm & { readonly value?: 'MIN' | 'MAX' | 'COUNT' | undefined }

/** For a metric of a logged model, an order may count only the points measured on one dataset. */
export type ModelOrderTerm = OrderTerm & {
  readonly datasetName?: string | undefined
  readonly datasetDigest?: string | undefined
}
