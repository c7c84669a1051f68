/** A node of a plan, as `explain (verbose, format json)` gives it. */
export interface Plan {
  readonly 'Node Type': string
  readonly 'Parent Relationship'?: string
  readonly 'Relation Name'?: string
  readonly 'CTE Name'?: string
  readonly 'Subplan Name'?: string
  readonly Alias?: string
  readonly Output?: readonly string[]
  readonly Plans?: readonly Plan[]
  readonly [field: string]: unknown
}

/** The column of each split table that tells the shard. */
type Keys = Readonly<Record<string, string>>

/** What rows come from, under the name that conditions have for it. */
interface Source {
  readonly name: string
  readonly alias: string
}

/**
 * The joins of a plan that rows of different shards would take part in: two split tables of which nothing says that their
 * rows belong to one run. An empty list means that each shard can carry out the statement by itself.
 */
export function joinsAcross(plan: Plan, keys: Keys): readonly string[] {
  const classOf = keyClasses(plan, keys)
  const found: string[] = []
  walk(plan)
  return found

  /** The sources of the rows that come out of a node. */
  function walk(node: Plan): readonly Source[] {
    // What another part of the statement has found, on all shards, lies on none.
    const name = node['CTE Name'] ?? node['Relation Name']
    const isSplit = name !== undefined && (name in keys || name === node['CTE Name'])
    const parts = (node.Plans ?? []).map((part) => ({ part, sources: walk(part) }))
    const meeting = [
      isSplit ? [{ name, alias: node.Alias ?? name }] : [],
      // What is carried out before the rest gives it a single value.
      ...parts.filter(({ part }) => part['Parent Relationship'] !== 'InitPlan').map(({ sources }) => sources),
    ]
    // The rows of a union's parts do not meet; but all of them meet what the union is joined to.
    if (!/Append|Union/.test(node['Node Type'])) {
      for (const [index, sources] of meeting.entries()) {
        for (const left of meeting.slice(0, index).flat()) {
          for (const right of sources) {
            if (classOf(keyOf(left.alias)) === classOf(keyOf(right.alias))) continue
            found.push(`${left.name} ${left.alias} with ${right.name} ${right.alias}`)
          }
        }
      }
    }
    return meeting.flat()
  }
}

/** Where a statement goes, as far as split tables are concerned; rows that are added go each to its shard. */
export function reachOf(plan: Plan, keys: Keys): 'no split table' | 'one shard' | 'all shards' {
  const classOf = keyClasses(plan, keys)
  const split = nodesOf(plan).filter((node) => (node['Relation Name'] ?? '') in keys && node['Operation'] !== 'Insert')
  if (split.length === 0) return 'no split table'
  return split.every((node) => classOf(keyOf(node.Alias ?? '')).startsWith('$')) ? 'one shard' : 'all shards'
}

/** Whether a statement locks or changes rows that are there. */
export function holdsRows(plan: Plan): boolean {
  return nodesOf(plan).some(
    (node) => node['Node Type'] === 'LockRows' || /Update|Delete/.test(String(node['Operation'])),
  )
}

/** @param except what lies below nodes of this type is left out. */
function nodesOf(plan: Plan, except?: string): readonly Plan[] {
  const below = plan['Node Type'] === except ? [] : (plan.Plans ?? [])
  return [plan, ...below.flatMap((part) => nodesOf(part, except))]
}

function keyOf(alias: string): string {
  return `key of ${alias}`
}

const hashedSubplan = /(\w+\.\w+) = \(hashed (SubPlan \d+)\)\.col(\d+)/g
const equality = /([a-z]\w*\.\w+) = ([a-z]\w*\.\w+|\$\d+)/g

/** Names alike what a plan's conditions say is equal: as the parameter, where it is equal to one. */
function keyClasses(plan: Plan, keys: Keys): (name: string) => string {
  const parents = new Map<string, string>()
  const classOf = (name: string): string => {
    const parent = parents.get(name)
    return parent === undefined ? name : classOf(parent)
  }
  const unite = (a: string, b: string): void => {
    const [first, second] = [classOf(a), classOf(b)]
    if (first === second) return
    if (first.startsWith('$')) parents.set(second, first)
    else parents.set(first, second)
  }
  for (const node of nodesOf(plan, 'BitmapOr')) {
    const key = keys[node['Relation Name'] ?? '']
    if (key !== undefined) unite(keyOf(node.Alias ?? ''), `${node.Alias}.${key}`)
    // The rows of a subplan that is hashed meet others by what it gives out alone.
    const { 'Subplan Name': subplan, Output: output = [] } = node
    if (subplan !== undefined) for (const [index, given] of output.entries()) unite(`${subplan}.${index + 1}`, given)
    for (const [field, value] of Object.entries(node)) {
      if (!/(Cond|Filter)$/.test(field)) continue
      const condition = String(value)
      for (const [, left, hashed, column] of condition.matchAll(hashedSubplan)) {
        unite(left as string, `${hashed}.${column}`)
      }
      // Of alternatives none need hold.
      if (/\b(OR|NOT)\b/.test(condition)) continue
      for (const [, left, right] of condition.matchAll(equality)) {
        unite(left as string, right as string)
      }
    }
  }
  return classOf
}
