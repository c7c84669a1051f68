/** A node of a plan, as `explain (verbose, format json)` gives it. */
export interface Plan {
  readonly 'Node Type': string
  readonly 'Parent Relationship'?: string
  readonly 'Relation Name'?: string
  readonly Alias?: string
  readonly Plans?: readonly Plan[]
  readonly [field: string]: unknown
}

/** A table in a plan, under the name that its conditions have for it. */
interface Scan {
  readonly table: string
  readonly alias: string
}

/**
 * The joins of a plan that rows of different shards would take part in: two split tables of which nothing says that their
 * rows belong to one run. An empty list means that each shard can carry out the statement by itself.
 */
export function joinsAcross(plan: Plan, keys: Readonly<Record<string, string>>): readonly string[] {
  const same = equalKeys(plan, keys)
  const found: string[] = []
  walk(plan)
  return found

  /** The split tables whose rows come out of a node. */
  function walk(node: Plan): readonly Scan[] {
    const table = node['Relation Name']
    const own = table !== undefined && table in keys ? [{ table, alias: node.Alias ?? table }] : []
    // The rows of a union's parts never meet, but they may all meet what the union is joined to.
    const isUnion = /Append|Union/.test(node['Node Type'])
    const parts = (node.Plans ?? []).filter((part) => !standsAlone(part)).map(walk)
    const apart = (node.Plans ?? []).filter(standsAlone)
    for (const part of apart) walk(part)
    const all = [own, ...parts].filter((scans) => scans.length > 0)
    if (!isUnion) {
      for (const [index, scans] of all.entries()) {
        for (const left of all.slice(0, index).flat()) {
          for (const right of scans) {
            if (!same(left.alias, right.alias)) found.push(`${left.table} ${left.alias}, ${right.table} ${right.alias}`)
          }
        }
      }
    }
    return all.flat()
  }
}

/** What is carried out before the rest, which then only sees its result. */
function standsAlone(node: Plan): boolean {
  return node['Parent Relationship'] === 'InitPlan'
}

/** Tells whether the keys of two aliases are equal, by all that the plan's conditions say. */
function equalKeys(plan: Plan, keys: Readonly<Record<string, string>>): (a: string, b: string) => boolean {
  const parents = new Map<string, string>()
  const root = (name: string): string => {
    const parent = parents.get(name)
    return parent === undefined ? name : root(parent)
  }
  const visit = (node: Plan): void => {
    const table = node['Relation Name']
    const key = table === undefined ? undefined : keys[table]
    if (key !== undefined) join(`key of ${node.Alias}`, `${node.Alias}.${key}`)
    for (const [field, value] of Object.entries(node)) {
      if (!/(Cond|Filter)$/.test(field)) continue
      for (const [, left, right] of String(value).matchAll(/([a-z]\w*\.\w+) = ([a-z]\w*\.\w+|\$\d+)/g)) {
        join(left as string, right as string)
      }
    }
    for (const part of node.Plans ?? []) visit(part)
  }
  const join = (a: string, b: string): void => {
    const [from, to] = [root(a), root(b)]
    if (from !== to) parents.set(from, to)
  }
  visit(plan)
  return (a, b) => root(`key of ${a}`) === root(`key of ${b}`)
}
