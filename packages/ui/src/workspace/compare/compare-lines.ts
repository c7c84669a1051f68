import { compareNames } from '../../controls/display-text.ts'
import type { CompareState } from './compare-state.ts'
import { type Fact, type FactGroup, factGroups, isDiffering } from './fact.ts'

/** A line of the comparison: a group's title, a branch of nested keys, or a fact. */
export type CompareLine =
  | {
      readonly kind: 'group'
      readonly id: FactGroup
      readonly name: FactGroup
      readonly shown: number
      readonly alike: number
      readonly isOpen: boolean
    }
  | {
      readonly kind: 'branch'
      readonly id: string
      readonly name: string
      readonly depth: number
      readonly facts: number
      readonly isOpen: boolean
    }
  | { readonly kind: 'fact'; readonly id: string; readonly name: string; readonly depth: number; readonly fact: Fact }

export interface CompareLines {
  readonly lines: readonly CompareLine[]
  /** How many facts are not shown because all runs have them alike. */
  readonly alike: number
  /** How many facts are not shown because their names do not have the text. */
  readonly unlike: number
}

/** The lines that are shown of some facts, by what the address says. */
export function compareLines(facts: readonly Fact[], { all, find = '', nest, fold = [] }: CompareState): CompareLines {
  const words = find.toLowerCase()
  const named = words === '' ? facts : facts.filter(({ name }) => name.toLowerCase().includes(words))
  const shown = all ? named : named.filter(isDiffering)
  const lines: CompareLine[] = []
  for (const group of factGroups) {
    const members = shown.filter((fact) => fact.group === group)
    const alike = named.reduce((count, fact) => count + Number(fact.group === group), 0) - members.length
    if (members.length + alike === 0) continue
    const isOpen = !fold.includes(group)
    lines.push({ kind: 'group', id: group, name: group, shown: members.length, alike, isOpen })
    if (isOpen) lines.push(...(nest ? nested(members, group, fold) : members.map(plain)))
  }
  return { lines, alike: named.length - shown.length, unlike: facts.length - named.length }
}

function plain(fact: Fact): CompareLine {
  return { kind: 'fact', id: fact.id, name: fact.name, depth: 0, fact }
}

interface Branch {
  readonly branches: Map<string, Branch>
  readonly facts: (readonly [string, Fact])[]
  count: number
}

/** Keys as trees by `/` and `.`; a branch with one way on is one with it. */
function nested(facts: readonly Fact[], group: FactGroup, fold: readonly string[]): CompareLine[] {
  const root = emptyBranch()
  for (const fact of facts) {
    const parts = partsOf(fact.name)
    let branch = root
    for (const part of parts.slice(0, -1)) {
      branch.count++
      const next = branch.branches.get(part) ?? emptyBranch()
      branch.branches.set(part, next)
      branch = next
    }
    branch.count++
    branch.facts.push([parts.at(-1) ?? '', fact])
  }
  return linesOf(root, 0, group, fold)
}

function linesOf(branch: Branch, depth: number, path: string, fold: readonly string[]): CompareLine[] {
  const lines: CompareLine[] = branch.facts.map(([name, fact]) => ({ kind: 'fact', id: fact.id, name, depth, fact }))
  for (const [part, first] of [...branch.branches].toSorted(([one], [other]) => compareNames(one, other))) {
    let [name, next] = [part, first]
    while (next.facts.length === 0 && next.branches.size === 1) {
      const [[further, below] = ['', next]] = next.branches
      name += further
      next = below
    }
    const [only] = next.facts
    if (next.count === 1 && only) {
      lines.push({ kind: 'fact', id: only[1].id, name: name + only[0], depth, fact: only[1] })
      continue
    }
    const id = `${path}:${name}`
    const isOpen = !fold.includes(id)
    lines.push({ kind: 'branch', id, name, depth, facts: next.count, isOpen })
    if (isOpen) lines.push(...linesOf(next, depth + 1, id, fold))
  }
  return lines
}

function emptyBranch(): Branch {
  return { branches: new Map(), facts: [], count: 0 }
}

/** `a/b.c` is `a/`, `b.`, `c`; a name that ends in what parts it stays whole there. */
function partsOf(name: string): readonly string[] {
  return name.match(/[^/.]*[/.](?=[^/.])|.+$/gs) ?? [name]
}
