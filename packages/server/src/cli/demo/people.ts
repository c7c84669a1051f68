/** Who does the demo's work. */
export const people = ['ines', 'kofi', 'mei', 'tomas', 'ada'] as const
export type Person = (typeof people)[number]
