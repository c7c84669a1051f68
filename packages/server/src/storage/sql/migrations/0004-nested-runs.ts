/** What a tree of runs needs. */
export const nestedRuns = (): readonly string[] => [
  // Nested runs name their parent in a tag. The names of tags have no ids yet in a new database; the ids of runs have 32
  // characters, which few other tags have.
  'CREATE INDEX tags_naming_runs ON tags (value, name_id) WHERE length(value) = 32',
]
